import json
import re
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from tokenizer.protect import protect
from tokenizer.training import train_tokenizer
from vae.errors import UserError
from vae.text_vae import TextVAE

TEXTS = ["Then the train paints the brighter cat.", "The brighter birds prints 34 kettle.", "Window prints."]


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of the trained model's folder, to break."""
    return shutil.copytree(trained, tmp_path / "model", ignore=shutil.ignore_patterns("checkpoints", "logs"))


def refused(path):
    """The error names this path."""
    return pytest.raises(UserError, match=re.escape(str(path)))


def test_a_saved_model_loads_as_the_same(model, tmp_path):
    model.save(tmp_path)
    loaded = TextVAE.load(tmp_path)
    assert loaded.sha256 == model.sha256
    assert loaded.config() == model.config()
    assert loaded.calibration == model.calibration
    z = model.encode(TEXTS).mean
    torch.testing.assert_close(loaded.encode(TEXTS).mean, z, rtol=0, atol=0)
    assert loaded.decode(z) == model.decode(z)
    assert loaded.vary(TEXTS, n=2) == model.vary(TEXTS, n=2)


def test_saving_twice_writes_the_same_bytes(model, tmp_path):
    folders = (tmp_path / "first", tmp_path / "second")
    for folder in folders:
        model.save(folder)
    first, second = ({path.name: path.read_bytes() for path in folder.rglob("*.*")} for folder in folders)
    assert first == second
    assert {"config.json", "model.safetensors", "spm.model", "calibration.json"} <= set(first)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer/spm.model", "calibration.json"])
def test_a_missing_file_is_told(folder, name):
    (folder / name).unlink()
    with refused(folder / name) as caught:
        TextVAE.load(folder)
    assert "is missing" in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer/spm.model", "calibration.json"])
def test_a_truncated_file_is_told(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes()[:-20])
    with refused(path):
        TextVAE.load(folder)


def test_no_folder_is_told(tmp_path):
    with refused(tmp_path / "none" / "config.json"):
        TextVAE.load(tmp_path / "none")


def test_a_changed_weight_is_told(folder):
    path = folder / "model.safetensors"
    weights = load_file(path)
    weights["bias"][5] += 1e-3
    save_file(weights, path)
    with refused(path):
        TextVAE.load(folder)


def test_weights_of_another_shape_are_told(folder):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["settings"]["model"]["hidden"] = 24
    path.write_text(json.dumps(config))
    with refused(folder / "model.safetensors"):
        TextVAE.load(folder)


def test_a_foreign_tokenizer_is_told(folder, sentences):
    path = folder / "tokenizer" / "spm.model"
    path.write_bytes(train_tokenizer(sentences[:300], vocab_size=600).model)
    with refused(path):
        TextVAE.load(folder)


def test_a_config_of_another_format_is_told(folder):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": "blogvae-model/99"}))
    with refused(path):
        TextVAE.load(folder)


def test_texts_are_encoded_to_slots_and_most_come_back(model, sentences):
    latents = model.encode(sentences[450:])
    assert latents.mean.shape == latents.log_var.shape == (50, 8, 8)
    masked = [protect(each).masked for each in sentences[450:]]
    assert sum(text == source for text, source in zip(model.decode(latents.mean), masked, strict=True)) > 40


def test_white_space_and_numbers_do_not_move_a_text(model):
    means = model.encode(["The cat paints 3 dogs.", " The  cat\npaints 44 dogs. "]).mean
    torch.testing.assert_close(means[0], means[1], rtol=0, atol=0)


def test_a_text_is_encoded_alone_as_among_many(model, sentences):
    together = model.encode(sentences[:70])
    for row in (0, 63, 64, 69):
        torch.testing.assert_close(model.encode([sentences[row]]).mean[0], together.mean[row])
        torch.testing.assert_close(model.encode([sentences[row]]).log_var[0], together.log_var[row])


def test_a_text_too_long_for_a_segment_is_refused(model):
    longest = "Cat. Cat. Cat. Cat. Cat. Cat. Cat.."
    assert len(model.tokenizer.encode([longest])[0]) == model.max_len - 1
    model.encode([longest])
    with pytest.raises(ValueError, match=r"16 pieces do not fit a segment of 15: 'Cat\. Cat\."):
        model.encode(["Window prints.", f"{longest}."])


def test_interpolation_goes_from_one_text_to_the_other(model):
    path = model.interpolate(TEXTS[0], TEXTS[2], steps=9)
    assert len(path) == 9
    assert [path[0], path[-1]] == model.decode(model.encode([TEXTS[0], TEXTS[2]]).mean)


def test_the_same_seed_gives_the_same_variations(model, sentences):
    texts = sentences[450:470]
    first = model.vary(texts, n=3, seed=7)
    assert model.vary(texts, n=3, seed=7) == first
    assert model.vary(texts, n=3, seed=8) != first
    assert [len(row) for row in first] == [3] * 20
    assert any(variation.segments_changed for row in first for variation in row)


def test_variations_of_a_text_do_not_depend_on_the_others(model, sentences):
    texts = sentences[450:460]
    assert [model.vary([text], n=2)[0] for text in texts] == model.vary(texts, n=2)
    assert [row[:1] for row in model.vary(texts, n=2)] == model.vary(texts, n=1)


@pytest.mark.parametrize("strategy", ["neighbour", "posterior", "prior"])
def test_numbers_and_urls_of_the_source_survive(model, sentences, strategy):
    texts = [" ".join(sentences[start : start + 4]) for start in range(400, 440, 4)]
    varied = model.vary(texts, n=3, change=0.4, strategy=strategy)

    def spans(text):
        return sorted(re.findall(r"https://\w+\.org/\d\b|\b\d+\b", text))

    pairs = [(text, variation.text) for text, row in zip(texts, varied, strict=True) for variation in row]
    assert [pair for pair in pairs if spans(pair[0]) != spans(pair[1])] == []
    assert sum(text != variation for text, variation in pairs) > len(pairs) // 2


def test_more_change_asked_is_more_change_had(model, sentences):
    def had(change):
        rows = model.vary(sentences[400:450], n=2, change=change)
        return sum(variation.change for row in rows for variation in row) / 100

    assert had(0.1) < had(0.3) < had(0.6)


def test_a_word_too_long_is_kept(model):
    word = "supercalifragilistic" * 4
    for variation in model.vary([f"The cats paints the {word} letters."], n=5)[0]:
        assert word in variation.text.split()


def test_no_text_has_no_variation(model):
    assert model.vary([], n=2) == []
    assert [variation.text for variation in model.vary([" "], n=2)[0]] == ["", ""]
