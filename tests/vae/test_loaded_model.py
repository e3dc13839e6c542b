import hashlib
import json
import re
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from tokenizer.protect import protect
from tokenizer.training import train_tokenizer
from vae.decode.decoding import Decoding
from vae.errors import UserError
from vae.models.families import text_model
from vae.settings import DEFAULTS, override
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow

TEXTS = ["Then the train paints the brighter cat.", "The brighter birds prints 34 kettle.", "Window prints."]
LABELS = {"category": ["boats", "letters"], "author": ["Ann", "Bert", "Cleo"]}
FILES = ["config.json", "model.safetensors", "tokenizer/spm.model", "calibration.json"]


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def labelled(tokenizer):
    """An untrained transformer with labels and constraints."""
    settings = override(DEFAULTS, "family=transformer width=16 heads=2 slots=5 dim=6 labels=category,author".split())
    torch.manual_seed(0)
    module = text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=16, labels=[2, 3])
    for weight in module.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.4)
    for table in module.conditions.tables:
        table.weight.data[0] = 0
    constraints = torch.arange(60.0).view(2, 5, 6)
    return TextVAE(module, tokenizer, settings, unit="post", labels=LABELS, constraints=constraints)


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of the folder of the trained model, for tests that change its files."""
    return shutil.copytree(trained, tmp_path / "model", ignore=shutil.ignore_patterns("checkpoints", "logs"))


def refused(path):
    """Expects an error of one line that begins with the path."""
    return pytest.raises(UserError, match=rf"^{re.escape(str(path))}[^\n]*$")


def hashes(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_saved_model_is_the_same_when_it_is_loaded(model, tmp_path):
    model.save(tmp_path)
    loaded = TextVAE.load(tmp_path)
    assert loaded.sha256 == model.sha256
    assert loaded.config() == model.config()
    assert loaded.calibration == model.calibration
    first, second = model.encode(TEXTS), loaded.encode(TEXTS)
    assert torch.equal(first.mean, second.mean)
    assert torch.equal(first.log_var, second.log_var)
    assert loaded.decode(first.mean) == model.decode(first.mean)
    assert loaded.vary(TEXTS, n=2, at_least=0.0) == model.vary(TEXTS, n=2, at_least=0.0)


def test_labels_and_constraints_are_saved_with_the_model(labelled, tmp_path):
    labelled.save(tmp_path)
    loaded = TextVAE.load(tmp_path)
    assert (loaded.labels, loaded.unit, loaded.settings) == (LABELS, "post", labelled.settings)
    assert torch.equal(loaded.constraints, labelled.constraints)
    for labels in (None, {"author": "Bert"}, {"author": "Cleo", "category": "boats"}):
        z = labelled.encode(TEXTS, labels=labels).mean
        assert torch.equal(loaded.encode(TEXTS, labels=labels).mean, z)
        assert loaded.decode(z, labels=labels) == labelled.decode(z, labels=labels)


@pytest.mark.parametrize("name", ["model", "labelled"])
def test_the_same_model_is_always_saved_as_the_same_bytes(request, name, tmp_path):
    model = request.getfixturevalue(name)
    model.save(tmp_path / "first")
    model.save(tmp_path / "second")
    TextVAE.load(tmp_path / "first").save(tmp_path / "third")
    first, second, third = (hashes(tmp_path / folder) for folder in ("first", "second", "third"))
    assert first == second == third
    assert set(first) == {*FILES, *(["constraints.safetensors"] if name == "labelled" else [])}


@pytest.fixture(scope="module")
def normalised(tokenizer):
    """An untrained model whose batch norm has a count of batches, which is an integer."""
    settings = override(DEFAULTS, "embedding=16 encoder=16 decoder=16 slots=4 dim=4 batch_norm=0.5".split())
    torch.manual_seed(0)
    return TextVAE(text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=16), tokenizer, settings)


@pytest.mark.parametrize("name", ["model", "labelled", "normalised"])
def test_weights_saved_in_bfloat16_are_rounded_and_loaded_in_single_precision(request, name, tmp_path):
    model = request.getfixturevalue(name)
    model.save(tmp_path / "single")
    model.save(tmp_path / "half", precision="bfloat16")
    single, half = (load_file(tmp_path / folder / "model.safetensors") for folder in ("single", "half"))
    floats = {key for key, weight in model.module.state_dict().items() if weight.is_floating_point()}
    assert {key for key, weight in half.items() if weight.dtype == torch.bfloat16} == floats
    loaded = TextVAE.load(tmp_path / "half")
    for key, weight in loaded.module.state_dict().items():
        assert weight.dtype == single[key].dtype
        assert torch.equal(weight, single[key].bfloat16().float() if key in floats else single[key])
    assert len(loaded.decode(loaded.encode(TEXTS).mean)) == 3


def test_a_model_in_bfloat16_has_another_hash_which_stays_the_same(model, tmp_path):
    before = model.sha256
    model.save(tmp_path / "first", precision="bfloat16")
    loaded = TextVAE.load(tmp_path / "first")
    assert loaded.sha256 != before == model.sha256
    loaded.save(tmp_path / "second", precision="bfloat16")
    assert hashes(tmp_path / "second") == hashes(tmp_path / "first")
    loaded.save(tmp_path / "single")
    assert TextVAE.load(tmp_path / "single").sha256 == loaded.sha256


def test_saving_removes_the_files_of_another_model(model, labelled, tmp_path):
    (tmp_path / "ngrams.safetensors").write_bytes(b"of an older release")
    for saved, precision in [(labelled, "float32"), (model, "int8"), (labelled, "bfloat16")]:
        saved.save(tmp_path, precision=precision)
        assert set(hashes(tmp_path)) == {
            *FILES[:1],
            *FILES[2:],
            "model-0.safetensors" if precision == "int8" else "model.safetensors",
            *(["constraints.safetensors"] if saved is labelled else []),
        }
        assert (TextVAE.load(tmp_path).constraints is None) == (saved is model)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with refused(folder / name) as caught:
        TextVAE.load(folder)
    assert "is missing" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_refused(folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes()[:-20])
    with refused(path):
        TextVAE.load(folder)


def test_truncated_constraints_are_refused(labelled, tmp_path):
    labelled.save(tmp_path)
    path = tmp_path / "constraints.safetensors"
    path.write_bytes(path.read_bytes()[:-20])
    with refused(path):
        TextVAE.load(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with refused(tmp_path / "none" / "config.json"):
        TextVAE.load(tmp_path / "none")


@pytest.mark.parametrize("place", [-1, -1000, -5000])
def test_one_changed_bit_of_the_weights_is_refused(folder, place):
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1
    path.write_bytes(data)
    with refused(folder):
        TextVAE.load(folder)


@pytest.fixture
def older(model, tmp_path):
    """The model's folder in the older format, with files of its corpus."""
    model.save(tmp_path)
    (tmp_path / "ngrams.safetensors").write_bytes(b"n-grams of a corpus")
    (tmp_path / "spans.safetensors").write_bytes(b"spans of a corpus")
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"format": "blogvae-model/3"}
    config |= {"model_sha256": model.hash_with([b"n-grams of a corpus", b"spans of a corpus"])}
    del config["languages"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    budgets = {"budgets": {"neighbour": [[0.1, 0.1]]}}
    calibration = json.loads((tmp_path / "calibration.json").read_text())
    (tmp_path / "calibration.json").write_text(json.dumps({**calibration, **budgets}))
    return tmp_path


def test_a_folder_of_the_older_format_is_loaded_and_saved_in_the_current_one(model, older, tmp_path):
    loaded = TextVAE.load(older)
    assert (loaded.sha256, loaded.calibration, loaded.languages) == (model.sha256, model.calibration, ())
    assert torch.equal(loaded.encode(TEXTS).mean, model.encode(TEXTS).mean)
    loaded.save(tmp_path / "new")
    model.save(tmp_path / "same")
    assert hashes(tmp_path / "new") == hashes(tmp_path / "same")


def test_a_changed_file_in_a_folder_of_the_older_format_is_refused(older):
    (older / "spans.safetensors").write_bytes(b"spans of another corpus")
    with refused(f"{older}/model.safetensors or a file beside it is not the one config.json names; train again"):
        TextVAE.load(older)


def test_a_model_in_8_bits_keeps_its_hash_when_it_is_saved_again(fills, tmp_path):
    fills.save(tmp_path, precision="int8")
    loaded = TextVAE.load(tmp_path)
    loaded.save(tmp_path / "again", precision="int8")
    assert TextVAE.load(tmp_path / "again").sha256 == loaded.sha256


def test_a_truncated_changed_or_missing_part_of_a_model_in_8_bits_is_refused(fills, tmp_path):
    fills.save(tmp_path, precision="int8")
    path = tmp_path / "model-0.safetensors"
    whole = path.read_bytes()
    for broken in (whole[:-20], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        path.write_bytes(broken)
        with refused(tmp_path):
            TextVAE.load(tmp_path)
    path.unlink()
    with refused(f"{tmp_path}/model.safetensors is missing"):
        TextVAE.load(tmp_path)


def test_weights_of_other_shapes_are_refused(folder, labelled):
    path = folder / "model.safetensors"
    save_file(labelled.module.state_dict(), path)
    with refused(f"{path} does not fit config.json"):
        TextVAE.load(folder)


def test_other_weights_of_the_same_shapes_are_refused(folder):
    path = folder / "model.safetensors"
    weights = load_file(path)
    weights["bias"][5] += 1e-3
    save_file(weights, path)
    with refused(path):
        TextVAE.load(folder)


def test_a_pickle_is_refused(folder):
    path = folder / "model.safetensors"
    torch.save({"bias": torch.zeros(3)}, path)
    with refused(f"{path} is no file of a trained model"):
        TextVAE.load(folder)


def test_another_tokenizer_is_refused(folder, sentences):
    path = folder / "tokenizer" / "spm.model"
    path.write_bytes(train_tokenizer(sentences[:300], vocab_size=600).model)
    with refused(path):
        TextVAE.load(folder)


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", "null", '{"format": "blogvae-model/99"}', "\x00"])
def test_a_file_that_is_no_config_is_refused(folder, text):
    path = folder / "config.json"
    path.write_text(text)
    with refused(path):
        TextVAE.load(folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": None},
        {"settings": {"model": {"encoder": [24]}}},
        {"settings": {"model": {"family": "recurent"}}},
        {"settings": {"model": []}},
        {"settings": []},
        {"vocab_size": "many"},
        {"max_len": 12},
        {"labels": []},
        {"labels": {"author": ["Ann"]}},
        {"tokenizer_sha256": None},
        {"model_sha256": None},
    ],
    ids=str,
)
def test_a_config_with_a_wrong_or_a_missing_value_is_refused(folder, changed):
    path = folder / "config.json"
    whole = json.loads(path.read_text())
    path.write_text(json.dumps({**whole, **changed}))
    with refused(folder):
        TextVAE.load(folder)
    for key in changed:
        path.write_text(json.dumps({name: value for name, value in whole.items() if name != key}))
        with refused(folder):
            TextVAE.load(folder)


def test_labels_become_ids_and_a_table_that_is_not_named_has_0(labelled):
    assert labelled.label_ids(None, 2) is None
    assert labelled.label_ids({}, 2) is None
    assert labelled.label_ids({"author": "Cleo"}, 2).tolist() == [[0, 3], [0, 3]]
    assert labelled.label_ids({"author": "Ann", "category": "letters"}, 1).tolist() == [[2, 1]]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"author": "Berta"}, "no author 'Berta' among those the model was trained with; did you mean 'Bert'?"),
        ({"author": "Zzz"}, "no author 'Zzz' among those the model was trained with"),
        ({"tag": "boats"}, "the model was not trained with 'tag' as a label; its labels: category, author"),
    ],
)
def test_the_error_of_an_unknown_label_names_the_nearest_one(labelled, labels, message):
    for use in (
        lambda: labelled.encode(TEXTS, labels=labels),
        lambda: labelled.decode(torch.zeros(1, 5, 6), labels=labels),
        lambda: labelled.sample(1, labels=labels),
    ):
        with pytest.raises(UserError) as caught:
            use()
        assert str(caught.value) == message


def test_a_model_without_labels_refuses_labels(model):
    with pytest.raises(UserError, match="'author' as a label; its labels: none"):
        model.encode(TEXTS, labels={"author": "Ann"})


def test_labels_change_the_posteriors_and_the_decoded_texts(labelled):
    plain, with_author = labelled.encode(TEXTS), labelled.encode(TEXTS, labels={"author": "Bert"})
    assert (plain.mean != with_author.mean).flatten(1).any(1).all()
    assert labelled.decode(plain.mean) != labelled.decode(plain.mean, labels={"author": "Bert"})


def test_each_text_is_encoded_with_its_own_labels(labelled, rows):
    rows = rows[:70]
    conditions = torch.stack([torch.arange(70) % 3, torch.arange(70) % 4], 1)
    together = labelled.encode_ids(rows, conditions)
    for row in (0, 1, 63, 64, 69):
        torch.testing.assert_close(
            labelled.encode_ids([rows[row]], conditions[row : row + 1]).mean[0], together.mean[row]
        )


def test_samples_depend_on_the_seed_and_the_labels_but_not_on_their_number(model, labelled):
    samples = model.sample(5, seed=3)
    assert samples[:2] == model.sample(2, seed=3)
    assert len(set(samples)) > 1
    assert model.sample(5, seed=4) != samples
    assert labelled.sample(3, labels={"category": "boats"}) != labelled.sample(3)


def test_no_texts_have_no_latents_and_no_latents_have_no_texts(model):
    latents = model.encode([])
    assert latents.mean.shape == latents.log_var.shape == (0, 8, 8)
    assert model.decode(latents.mean) == model.sample(0) == []


def test_decoding_is_greedy_unless_another_is_given(model):
    z = model.encode(TEXTS).mean
    assert model.decode(z, Decoding(method="greedy")) == model.decode(z)


def test_most_texts_are_decoded_exactly_from_their_posterior_means(model, sentences):
    latents = model.encode(sentences[450:])
    assert latents.mean.shape == latents.log_var.shape == (50, 8, 8)
    masked = [protect(sentence).masked for sentence in sentences[450:]]
    assert sum(text == source for text, source in zip(model.decode(latents.mean), masked, strict=True)) > 25


def test_a_latent_does_not_depend_on_white_space_and_numbers(model):
    means = model.encode(["The cat paints 3 dogs.", " The  cat\npaints 44 dogs. "]).mean
    torch.testing.assert_close(means[0], means[1], rtol=0, atol=0)


def test_a_text_is_encoded_alone_as_with_others(model, sentences):
    together = model.encode(sentences[:70])
    for row in (0, 63, 64, 69):
        torch.testing.assert_close(model.encode([sentences[row]]).mean[0], together.mean[row])
        torch.testing.assert_close(model.encode([sentences[row]]).log_var[0], together.log_var[row])


def test_a_masked_model_reads_the_same_row_once(fills, sentences, monkeypatch):
    rows = [row[: fills.max_len - 1] for row in fills.tokenizer.encode(sentences[:3])]
    fresh = TextVAE(fills.module, fills.tokenizer, fills.settings)
    first = fresh.read_ids(rows)
    monkeypatch.setattr(fresh.reader, "encode", None)
    again = fresh.read_ids([rows[2], rows[0]])
    assert torch.equal(again.mean, first.mean[[2, 0]])
    assert torch.equal(again.log_var, first.log_var[[2, 0]])


def test_a_text_too_long_for_a_segment_is_refused(model):
    longest = "Cat. Cat. Cat. Cat. Cat. Cat. Cat.."
    assert model.encode([longest]).mean.shape[0] == 1
    with pytest.raises(ValueError, match=r"16 pieces do not fit a segment of 15: 'Cat\. Cat\."):
        model.encode(["Window prints.", f"{longest}."])
