"""Tests of a VAE made of a small random T5: its agreement with T5, and its training through the command."""

import json
import shutil
from copy import deepcopy

import pytest
import torch
from safetensors.torch import load_file
from transformers import T5EncoderModel

from tokenizer.adopt import adopt
from tokenizer.protect import protect
from tokenizer.tokenizer import BOS, EOS
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.data.text_batch import TextBatch
from vae.decode.decoding import Decoding, decode
from vae.evaluation.likelihood import importance_weighted_nll
from vae.models.configs import T5Config
from vae.models.t5_source import start_from_t5
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE
from vae.training.objective import objective

pytestmark = pytest.mark.slow

TEXT, OTHER = "Then the cat painted the quiet dog.", "Boats mended."
STEPS, RATE = 12, 0.003


@pytest.fixture
def model(t5_vae):
    """A VAE that starts from T5, in eval mode."""
    return t5_vae


def texts(tokenizer, labels=None):
    """Makes a batch of two texts."""
    rows = [[*row, EOS] for row in tokenizer.encode([TEXT, OTHER])]
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    return TextBatch.of(ids, torch.tensor([len(row) for row in rows]), conditions=labels)


@pytest.fixture
def batch(t5_tokenizer):
    """Two texts with their labels."""
    return texts(t5_tokenizer, torch.tensor([[1, 2], [0, 3]]))


@pytest.fixture
def z():
    """Latents of the two texts."""
    return torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def dataset(write_dataset, make_t5, sentences, tmp_path_factory):
    """A dataset as `prepare --tokenizer spiece.model` writes it, and the folder of the T5."""
    source = make_t5("1.1")
    tokenizer = adopt((source / "spiece.model").read_bytes())
    rows = [row for row in tokenizer.encode([protect(sentence).masked for sentence in sentences]) if len(row) < 16]
    folder = tmp_path_factory.mktemp("t5") / "dataset"
    write_dataset(folder, {"train": rows[:128], "validation": rows[128:144]})
    (folder / "tokenizer" / "spm.model").write_bytes(tokenizer.model)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    (folder / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": tokenizer.sha256}))
    return folder, source


def train(dataset, source, output, *flags):
    """Runs the command that trains a small VAE from a T5; returns its exit code."""
    small = f"slots=3 dim=4 batch_pieces=512 steps={STEPS} learning_rate={RATE} labels=category".split()
    flags = [*(flag for pair in small for flag in ("--set", pair)), *flags]
    return main(COMMAND, ["--dataset", str(dataset), "--output", str(output), "--init", f"t5:{source}", *flags])


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    """The folder of a VAE that was trained from a T5 whose folder was removed afterwards."""
    folder = tmp_path_factory.mktemp("trained")
    source = shutil.copytree(dataset[1], folder / "copy")
    assert train(dataset[0], source, folder / "model", "--set", "precision=bf16-mixed") == 0
    shutil.rmtree(source)
    return folder / "model"


def test_the_encoder_gives_the_states_of_t5_without_its_padding(model, t5_folder, batch, t5_pieces):
    t5 = T5EncoderModel.from_pretrained(t5_folder).eval()
    states = model.states(batch.ids, batch.ids != 0)
    for row, text in enumerate((TEXT, OTHER)):
        expected = t5(torch.tensor([[*t5_pieces.encode(text), t5_pieces.eos_id()]])).last_hidden_state[0]
        torch.testing.assert_close(states[row, : len(expected)], expected)


def test_the_decoder_gives_the_scores_of_t5(model, t5, batch, t5_tokenizer, t5_pieces, monkeypatch):
    memory = torch.randn(1, 5, 16, generator=torch.Generator().manual_seed(0))
    inputs = torch.tensor([[t5_pieces.pad_id(), *t5_pieces.encode(TEXT)]])
    expected = t5(encoder_outputs=(memory,), decoder_input_ids=inputs).logits
    monkeypatch.setattr(model, "_memory", lambda z: z)
    scores = model.scores(model.features(memory, batch.inputs[:1]))
    lines = t5_tokenizer.vocabulary().splitlines()
    numbers = {number: t5_pieces.piece_to_id(line.split("\t")[0]) for number, line in enumerate(lines)}
    shared = {ours: number for ours, number in numbers.items() if ours > EOS and number != t5_pieces.unk_id()}
    assert len(shared) == t5_pieces.get_piece_size() - 3
    torch.testing.assert_close(scores[..., list(shared)], expected[..., list(shared.values())])
    torch.testing.assert_close(scores[..., EOS], expected[..., t5_pieces.eos_id()])


def test_scores_step_by_step_equal_the_teacher_forced_ones(model, batch, z):
    forced = model.scores(model.features(z, batch.inputs, batch.conditions))
    state = model.start(z, batch.conditions)
    for place in range(batch.inputs.shape[1]):
        scores, state = model.step(state, batch.inputs[:, place], place)
        torch.testing.assert_close(scores, forced[:, place])


def test_padding_changes_neither_posterior_nor_likelihood(model, batch, z):
    wide = TextBatch.of(torch.nn.functional.pad(batch.ids, (0, 4)), batch.lengths, conditions=batch.conditions)
    torch.testing.assert_close(model.posterior(wide).mean, model.posterior(batch).mean)
    torch.testing.assert_close(model.nats(z, wide), model.nats(z, batch))


def test_a_label_changes_posterior_and_decoder_of_its_own_text(model, batch, z):
    other = torch.tensor([[2, 2], [0, 3]])
    before, after = (model.encode(batch.ids, batch.lengths, labels).mean for labels in (batch.conditions, other))
    assert (before != after).flatten(1).any(1).tolist() == [True, False]
    before, after = (model.features(z, batch.inputs, labels) for labels in (batch.conditions, other))
    assert (before != after).flatten(1).any(1).tolist() == [True, False]


@pytest.mark.parametrize("autocast", [False, True])
def test_every_weight_gets_a_gradient(model, batch, z, autocast):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        terms = objective(model.train(), batch, DEFAULTS.objective, noise=z)
    terms.cost(1.0).backward()
    assert {name for name, weight in model.named_parameters() if weight.grad is None} == {"missing"}
    assert all(weight.grad.isfinite().all() for weight in model.parameters() if weight.grad is not None)


def test_bf16_changes_the_likelihood_by_five_percent_at_most(model, batch):
    exact = importance_weighted_nll(model, batch, samples=20, seed=0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(importance_weighted_nll(model, batch, samples=20, seed=0), exact, rtol=0.05, atol=0)


def test_a_copy_in_bf16_scores_nearly_the_same_step_by_step(model, batch, z):
    forced = model.scores(model.features(z, batch.inputs, batch.conditions))
    half = deepcopy(model).bfloat16()
    state = half.start(z.bfloat16(), batch.conditions)
    for place in range(batch.inputs.shape[1]):
        scores, state = half.step(state, batch.inputs[:, place], place)
        assert (scores - forced[:, place]).abs().max() < 0.05 * forced.abs().max()


def test_the_greedy_text_is_the_one_with_the_best_scores(model, z):
    for row, pieces in zip(z, decode(model, z, Decoding()), strict=True):
        inputs = torch.tensor([[BOS, *pieces]])
        scores = model.scores(model.features(row[None], inputs))[0, :, EOS:]
        assert (scores.argmax(-1) + EOS).tolist()[: len(pieces)] == pieces


def test_the_parts_of_the_decoder_that_get_new_weights_are_none_of_t5s(model, t5):
    for part in model.decoder_parts():
        for module in part.modules():
            module.reset_parameters()
    for name, weight in t5.decoder.block.state_dict().items():
        assert torch.equal(model.decoder.block.state_dict()[name], weight)


def test_a_trained_model_loads_without_the_t5(trained, tmp_path):
    model = TextVAE.load(trained)
    config = json.loads((trained / "config.json").read_text())["settings"]["model"]
    assert (config["family"], config["source"], config["slots"]) == ("t5", "copy", 3)
    labels = {"category": "tea"}
    latents = model.encode([TEXT], labels=labels)
    texts = model.decode(latents.mean, labels=labels)
    model.save(tmp_path)
    again = TextVAE.load(tmp_path)
    assert torch.equal(again.encode([TEXT], labels=labels).mean, latents.mean)
    assert again.decode(latents.mean, labels=labels) == texts
    assert again.sha256 == model.sha256


def test_a_trained_model_holds_no_path_of_the_machine_it_was_trained_on(trained):
    files = [path for path in trained.rglob("*") if path.is_file()]
    assert {"config.json", "README.md", "last.ckpt", "best.pt"} <= {path.name for path in files}
    assert [path for path in files if str(trained.parent).encode() in path.read_bytes()] == []


def test_training_starts_from_the_weights_of_t5_and_lowers_the_nll(trained, dataset):
    model, source = TextVAE.load(trained), dataset[1]
    after = {name: weight for name, weight in model.module.state_dict().items() if "coder.block" in name}
    before = load_file(source / "model.safetensors")
    assert len(after) == sum("coder.block" in name for name in before)
    for name, weight in after.items():
        torch.testing.assert_close(weight, before[name], rtol=0, atol=1.1 * STEPS * RATE)
        assert not torch.equal(weight, before[name])
    torch.manual_seed(0)
    start = start_from_t5(T5Config(source=str(source), slots=3, dim=4), model.tokenizer, max_len=16, labels=(2,))
    batch = texts(model.tokenizer)
    nlls = [importance_weighted_nll(vae, batch, samples=50, seed=0).mean() for vae in (start.eval(), model.module)]
    assert nlls[1] < nlls[0] - 5


def refusal(capsys):
    """Returns the line that a command ended with."""
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("blogvae: ")
    return lines[-1]


def test_a_dataset_of_other_pieces_is_refused_with_how_to_prepare_it(dataset, write_dataset, rows, tmp_path, capsys):
    source = dataset[1]
    other = write_dataset(tmp_path / "other", {"train": rows[:64], "validation": rows[64:80]})
    assert train(other, source, tmp_path / "model") == 2
    assert f"prepare with --tokenizer {source}/spiece.model" in refusal(capsys)
    assert not (tmp_path / "model").exists()


def test_a_model_of_blogvaes_own_is_refused_as_a_t5(dataset, trained, tmp_path, capsys):
    assert train(dataset[0], trained, tmp_path / "model") == 2
    assert refusal(capsys).endswith("; name a model of blogvae's own without t5:")


@pytest.mark.parametrize("flags", [["--set", "family=t5"], ["--preset", "t5"]])
def test_the_family_t5_without_a_source_is_refused(dataset, tmp_path, capsys, flags):
    assert main(COMMAND, ["--dataset", str(dataset[0]), "--output", str(tmp_path / "model"), *flags]) == 2
    assert "give --init t5:PATH" in refusal(capsys)


def test_another_family_cannot_start_from_t5(dataset, tmp_path, capsys):
    assert train(*dataset, tmp_path / "model", "--set", "family=recurrent") == 2
    assert "no setting 'source'" in refusal(capsys)


def test_constraint_texts_need_a_trained_encoder(dataset, tmp_path, capsys):
    (tmp_path / "texts.txt").write_text(TEXT)
    assert train(*dataset, tmp_path / "model", "--constraint-texts", str(tmp_path / "texts.txt")) == 2
    assert "trained encoder" in refusal(capsys)
