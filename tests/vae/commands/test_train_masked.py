import json
import lzma
import shutil

import numpy as np
import pytest
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.commands import evaluate
from vae.commands import train as command
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset
from vae.text_vae import TextVAE
from vae.training.corpus_vectors import corpus_vectors
from vae.training.piece_vectors import word_begins
from vae.training.training_module import TrainingModule

pytestmark = pytest.mark.slow

SIZES = "family=masked width=16 heads=2 encoder_layers=1 decoder_layers=1 run=2 dim=4 usage=8 meaning=0 dropout=0"
SHORT = "optimizer=muon steps=14 batch_pieces=256 precision=32-true free_bits=0"


@pytest.fixture(scope="module")
def train():
    def train(dataset, folder, *flags, pairs=f"{SIZES} {SHORT}"):
        settings = [flag for pair in pairs.split() for flag in ("--set", pair)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(command, "CALIBRATION_TEXTS", 4)
            return main(COMMAND, ["--dataset", str(dataset), "--output", str(folder), *settings, *flags])

    return train


def test_a_new_model_is_given_vectors_of_its_corpus_and_where_words_begin(fills, dataset):
    rows = training_rows(Dataset.open(dataset).shards("train"))
    expected = corpus_vectors(rows, vocab_size=fills.tokenizer.vocab_size, width=24)
    assert torch.equal(fills.module.vectors, expected)
    assert torch.equal(fills.module.begins, word_begins(fills.tokenizer))


def test_a_model_learns_to_reconstruct_and_is_measured_on_hidden_pieces(filling):
    metrics = json.loads((filling / "metrics.json").read_text())
    assert metrics["exact_match"] > 0.2
    near, *_, far, whole = (each["nats"] for each in metrics["hidden_nats"])
    assert near < far
    assert whole < far
    assert set(TextVAE.load(filling).calibration.curves) == {
        *("neighbour", "posterior", "interpolate", "resample-slots", "attribute"),
    }


def test_a_failed_run_with_muon_resumes_to_the_same_weights(train, dataset, tmp_path, monkeypatch):
    assert train(dataset, tmp_path / "whole") == 0
    monkeypatch.setattr("vae.training.fit.CHECKPOINT_STEPS", 3)
    as_it_is = TrainingModule.training_step

    def training_step(self, batch, number):
        if self.global_step == 8:
            raise RuntimeError("broken off")
        as_it_is(self, batch, number)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModule, "training_step", training_step)
        assert train(dataset, tmp_path / "broken") == 1
    last = torch.load(tmp_path / "broken" / "checkpoints" / "last.ckpt", weights_only=False)
    assert last["global_step"] == 6
    assert train(dataset, tmp_path / "broken", "--resume") == 0
    for name in ("model.safetensors", "config.json", "calibration.json"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "broken" / name).read_bytes()


def test_labels_may_be_added_to_a_model_without_any(train, dataset, filling, fills, tmp_path):
    flags = ["--init", str(filling), "--preset", "fine-tune"]
    pairs = "labels=category steps=1 learning_rate=0 weight_decay=0 batch_pieces=256 precision=32-true"
    assert train(dataset, tmp_path / "model", *flags, pairs=pairs) == 0
    model = TextVAE.load(tmp_path / "model")
    assert model.labels == {"category": ["tea", "birds"]}
    texts = ["The quiet cat paints 7 boats."]
    labelled = model.encode(texts, labels={"category": "tea"})
    torch.testing.assert_close(labelled.log_var, fills.encode(texts).log_var)
    assert (model.module.conditions.tables[0].weight == 0).all()


@pytest.fixture
def in_german(dataset, tmp_path):
    copy = shutil.copytree(dataset, tmp_path / "german")
    (copy / "stats.json").write_text('{"posts_by_language": {"de": 90, "en": 4, "und": 6}}')
    return copy


def test_a_language_without_an_encoder_has_vectors_of_usage_alone_and_is_kept(train, in_german, tmp_path, capsys):
    assert train(in_german, tmp_path / "model", pairs=f"{SIZES} {SHORT} meaning=4 steps=1") == 0
    assert "nothing that ships reads de: vectors of usage alone" in capsys.readouterr().err
    model = TextVAE.load(tmp_path / "model")
    assert (model.settings.model.meaning, model.languages) == (0, ("de",))


def test_a_model_trained_on_knows_the_languages_of_both(train, in_german, dataset, tmp_path):
    pairs = "steps=1 batch_pieces=256 precision=32-true"
    assert train(in_german, tmp_path / "first", pairs=f"{SIZES} {SHORT} steps=1") == 0
    (in_german / "stats.json").write_text('{"posts_by_language": {"fr": 50, "de": 50}}')
    assert train(in_german, tmp_path / "next", "--init", str(tmp_path / "first"), pairs=pairs) == 0
    assert TextVAE.load(tmp_path / "next").languages == ("de", "fr")
    assert train(dataset, tmp_path / "last", "--init", str(tmp_path / "next"), pairs=pairs) == 0
    assert TextVAE.load(tmp_path / "last").languages == ("de", "fr")


@pytest.fixture(scope="module")
def streams(rows, tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    for split, part in (("train", rows[:400]), ("validation", rows[400:])):
        pieces = [piece for number, row in enumerate(part) for piece in ([BOS] * (number % 5 == 0) + [*row, EOS])]
        (folder / f"{split}.u16.xz").write_bytes(lzma.compress(np.array(pieces, "<u2").tobytes()))
    (folder / "spm.model").write_bytes(tokenizer.model)
    return folder


def test_a_model_is_trained_and_evaluated_on_streams(train, streams, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("vae.data.stream_batches.HELD_OUT", 8)
    pairs = f"{SIZES} usage=16 steps=40 batch_pieces=512 precision=32-true learning_rate=0.01"
    assert train(streams, tmp_path / "model", "--preset", "base", pairs=pairs) == 0
    model = TextVAE.load(tmp_path / "model")
    assert (model.max_len, model.module.slots, model.settings.training.optimizer) == (128, 65, "muon")
    flags = ["--dataset", streams, "--model", tmp_path / "model", "--output", tmp_path / "figures", "--texts", "20"]
    capsys.readouterr()
    assert main(evaluate.COMMAND, [*map(str, flags), "--iw-texts", "2", "--samples", "4"]) == 0
    metrics = json.loads((tmp_path / "figures" / "metrics.json").read_text())
    assert (metrics["split"], metrics["texts"], metrics["mi_texts"], metrics["map_texts"]) == ("validation", 8, 20, 20)
    printed = capsys.readouterr().out
    for each in metrics["hidden_nats"]:
        assert f"{each['hidden']:.0%} hidden, level {each['level']:g}" in printed
