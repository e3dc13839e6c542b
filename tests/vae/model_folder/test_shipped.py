import json
import re
from pathlib import Path

import pytest

from vae.commands import compare, evaluate, interpolate, vary
from vae.commands.command import main
from vae.errors import UserError
from vae.model_folder import shipped
from vae.model_folder.shipped import is_shipped, shipped_folder, shipped_models, tokenizer_of
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow

FILES = ["config.json", "model.safetensors", "tokenizer/spm.model", "README.md"]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 18022472\n"
MODELS, NAMES = shipped.SHIPPED_MODELS, shipped_models()
"""The folder of the models that really ship, and their names."""


@pytest.fixture
def tiny(ship, tmp_path):
    """Makes a folder ship as `tiny-en`, whose files hold their own names."""
    for name in FILES:
        path = tmp_path / "made" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return ship("tiny-en", tmp_path / "made")


@pytest.fixture
def all_models(ship, trained):
    """Makes the trained model ship as `made-up`, beside those that really ship."""
    made = ship("made-up", trained)
    for name in NAMES:
        (made.parent / name).symlink_to(MODELS / name)


def test_the_models_that_ship_are_the_folders_that_hold_one(tiny, ship, tmp_path):
    ship("small-de", tmp_path / "made")
    (tiny.parent / "README.md").write_text("no model")
    assert shipped_models() == ["small-de", "tiny-en"]


def test_no_model_ships_if_there_is_no_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "SHIPPED_MODELS", tmp_path / "none")
    assert shipped_models() == []
    assert shipped_folder("tiny-en") is None


def test_a_name_stands_for_the_model_that_ships(tiny):
    assert is_shipped("tiny-en")
    assert shipped_folder("tiny-en") == tiny
    assert tokenizer_of("tiny-en") == "tiny-en"


@pytest.mark.parametrize(
    "path",
    ["./tiny-en", "tiny-en/", Path("tiny-en"), "out/tiny-en", "/tiny-en", "gs://b/tiny-en", "..", "", "model", "\0"],
    ids=repr,
)
def test_a_path_or_any_other_name_is_a_path(tiny, path):
    assert not is_shipped(path)
    assert shipped_folder(path) is None
    assert tokenizer_of(path) == f"{path}/tokenizer/spm.model"


def test_a_folder_with_the_name_of_a_model_that_ships_is_not_used_and_warned_of(tiny, tmp_path, monkeypatch):
    warnings = []
    monkeypatch.setattr(shipped.log, "warning", lambda text, *names: warnings.append(text % names))
    monkeypatch.chdir(tmp_path)
    assert (shipped_folder("tiny-en"), warnings) == (tiny, [])
    (tmp_path / "tiny-en").mkdir()
    assert shipped_folder("tiny-en") == tiny
    assert warnings == ["tiny-en is the model that ships with blogvae; write ./tiny-en for what lies here"]


def test_the_error_for_a_misspelt_name_names_the_nearest_unless_there_is_such_a_folder(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        TextVAE.load("tiny-em")
    assert str(caught.value) == "no folder tiny-em; did you mean tiny-en, which ships with blogvae?"
    (tmp_path / "tiny-em").mkdir()
    assert shipped_folder("tiny-em") is None


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "one bit", "pointer"])
@pytest.mark.parametrize("name", FILES)
def test_the_error_for_a_damaged_file_names_it(tiny, name, damage):
    path = tiny / name
    data = path.read_bytes()
    path.unlink()
    broken = {"empty": b"", "truncated": data[:-1], "one bit": data[:-1] + b"!", "pointer": POINTER.encode()}
    if damage in broken:
        path.write_bytes(broken[damage])
    with pytest.raises(UserError) as caught:
        TextVAE.load("tiny-en")
    assert str(caught.value) == (
        f"{path} is missing or not the file that ships; "
        "restore it (git checkout, git lfs pull), or install blogvae again"
    )


@pytest.mark.parametrize("text", [None, "", POINTER])
def test_a_model_without_its_hashes_is_refused(tiny, text):
    (tiny / "SHA256SUMS").unlink()
    if text is not None:
        (tiny / "SHA256SUMS").write_text(text)
    with pytest.raises(UserError, match=re.escape(f"{tiny}/SHA256SUMS is missing or not the file that ships")):
        shipped_folder("tiny-en")


def test_a_model_is_the_same_by_name_and_by_path(ship, trained):
    folder = ship("tiny-en", trained)
    assert TextVAE.load("tiny-en").sha256 == TextVAE.load(folder).sha256 == TextVAE.load(trained).sha256


@pytest.mark.parametrize("name", [*NAMES, "made-up"])
def test_every_model_that_ships_loads_and_varies_a_sentence(all_models, name):
    text = "Then the cat painted the small window."
    first, second = (TextVAE.load(name).vary([text], n=1, change=0.5, at_least=0, seed=7)[0][0].text for _ in range(2))
    assert first == second != text


@pytest.mark.parametrize("name", [*NAMES, "made-up"])
def test_every_file_of_a_model_that_ships_is_hashed_and_small_enough_for_a_repository(all_models, name):
    folder = shipped_folder(name)
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    hashed = [line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert sorted(sizes) == sorted([*hashed, "SHA256SUMS"])
    assert {file: size for file, size in sizes.items() if size >= 16 << 20} == {}
    assert sum(sizes.values()) < 60e6


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        (vary, ["The quiet cat mended 7 boats.", "-n", "2", "--change", "0.5", "--at-least", "0"]),
        (interpolate, ["Boats mended.", "Cats painted.", "--steps", "3"]),
    ],
)
def test_commands_print_the_same_by_name_and_by_path(ship, trained, capsys, command, flags):
    ship("tiny-en", trained)
    outputs = []
    for model in ("tiny-en", str(trained)):
        assert main(command.COMMAND, [*flags, "--model", model]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != ""


FEW = ["--texts", "10", "--iw-texts", "2", "--samples", "2"]


def test_a_model_is_evaluated_and_compared_by_its_name(ship, dataset, trained, tmp_path):
    ship("tiny-en", trained)
    flags = ["--dataset", str(dataset), *FEW, "--model", "tiny-en", "--output"]
    assert main(evaluate.COMMAND, [*flags, str(tmp_path / "evaluation")]) == 0
    metrics = json.loads((tmp_path / "evaluation/metrics.json").read_text())
    assert main(compare.COMMAND, [*flags, str(tmp_path / "compared")]) == 0
    (row,) = json.loads((tmp_path / "compared/compare.json").read_text())["models"]
    assert (row["name"], row["bleu"]) == ("tiny-en", metrics["bleu"])


def test_a_folder_with_the_name_of_a_model_that_ships_is_compared_by_its_path(
    ship, tiny, dataset, trained, tmp_path, monkeypatch
):
    ship("model", tiny)  # its files hold no model, so that loading it by its name fails
    monkeypatch.chdir(trained.parent)
    flags = ["--dataset", str(dataset), *FEW, "--output", str(tmp_path / "compared"), "--model"]
    assert main(compare.COMMAND, [*flags, "./model"]) == 0
    assert main(compare.COMMAND, [*flags, "model"]) == 2
