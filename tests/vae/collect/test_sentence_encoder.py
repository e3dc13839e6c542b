import json
from dataclasses import replace

import pytest
import torch
from bert_weights import hugging_face_weights
from safetensors.torch import save_file

from vae.collect import sentence_encoder
from vae.errors import UserError
from vae.language.bert import Bert, BertConfig
from vae.model_folder.shipped import check_files
from vae.model_folder.weights import read_weights

SMALL = BertConfig(vocab_size=11, places=7, width=8, inner=12, heads=2, layers=1)


@pytest.fixture
def original(tmp_path):
    """A folder like that of the original, with the weights of a small BERT."""
    folder = tmp_path / "original"
    folder.mkdir()
    weights = {f"bert.{name}": weight for name, weight in hugging_face_weights(SMALL).items()}
    save_file(weights, folder / "model.safetensors")
    tokenizer = {"padding": {"length": 128}, "truncation": {"max_length": 128}, "model": {"é": 1}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder


@pytest.fixture
def exported(original, tmp_path, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "BertConfig", lambda: SMALL)
    sentence_encoder.export(original, tmp_path / "exported")
    return tmp_path / "exported"


def test_exported_weights_fill_the_encoder(exported):
    weights = read_weights(exported)
    Bert(SMALL).load_state_dict(weights)
    pieces = hugging_face_weights(SMALL)["embeddings.word_embeddings.weight"]
    torch.testing.assert_close(weights["pieces.weight"], pieces, atol=0.03, rtol=0)


def test_the_exported_tokenizer_neither_pads_nor_truncates(exported):
    text = (exported / "tokenizer.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"padding": None, "truncation": None, "model": {"é": 1}}
    assert "é" in text


def test_the_checksums_find_a_changed_file(exported):
    check_files(exported)
    (exported / "tokenizer.json").write_text("{}")
    with pytest.raises(UserError, match=r"tokenizer\.json is missing or not the file that ships"):
        check_files(exported)


def test_an_original_of_other_sizes_is_refused(original, tmp_path, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "BertConfig", lambda: replace(SMALL, width=16))
    with pytest.raises(RuntimeError, match="size mismatch"):
        sentence_encoder.export(original, tmp_path / "exported")
