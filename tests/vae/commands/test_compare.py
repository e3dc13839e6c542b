import csv
import json
import math
import shutil

import pytest

from vae.commands.command import main
from vae.commands.compare import COMMAND
from vae.evaluation.comparison import FIGURES, comparison_verdict, table

pytestmark = pytest.mark.slow

FEW = ("--texts", "20", "--iw-texts", "4", "--samples", "5")
SHORT = ("--set", "steps=4", "--set", "batch_pieces=512", "--set", "precision=32-true")


@pytest.fixture(scope="module")
def compare(dataset):
    """Runs the command on the test dataset and returns its exit code."""

    def compare(output, *flags):
        return main(COMMAND, ["--dataset", str(dataset), "--output", str(output), *FEW, *flags])

    return compare


@pytest.fixture(scope="module")
def compared(compare, trained, tmp_path_factory):
    """The folder of a comparison of two presets and a trained model."""
    folder = tmp_path_factory.mktemp("compared")
    assert compare(folder, "--presets", "seed-gru,seed-lstm", *SHORT, "--model", str(trained)) == 0
    return folder


def models_of(folder):
    return {row["name"]: row for row in json.loads((folder / "compare.json").read_text())["models"]}


def files_below(folder):
    """Returns when each file of the models and their evaluations was written."""
    beside = ("compare.md", "compare.html", "compare.csv", "compare.json", "compare.png")
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.name not in beside
    }


def test_every_model_has_every_figure(compared, trained):
    rows = models_of(compared)
    assert list(rows) == ["seed-gru", "seed-lstm", trained.name]
    for row in rows.values():
        assert list(row) == ["name", *FIGURES]
        assert all(value is None or math.isfinite(value) for name, value in row.items() if name != "name")
    assert [row["units"] for row in rows.values()] == [32, 50, 64]
    assert rows[trained.name]["bleu"] > rows["seed-gru"]["bleu"]


def test_training_speed_is_that_of_training_and_parameters_are_counted(compared, trained):
    rows = models_of(compared)
    for name, folder in {"seed-lstm": compared / "seed-lstm", trained.name: trained}.items():
        assert rows[name]["tokens_per_second"] == json.loads((folder / "metrics.json").read_text())["tokens_per_second"]
    assert rows["seed-gru"]["parameters"] < rows["seed-lstm"]["parameters"]


def test_table_page_and_picture_show_the_same_rows(compared):
    rows = list(models_of(compared).values())
    assert table(rows) in (compared / "compare.md").read_text(encoding="utf-8")
    assert comparison_verdict(rows) in (compared / "compare.html").read_text(encoding="utf-8")
    with (compared / "compare.csv").open(newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [row["name"] for row in rows]
    assert (compared / "compare.png").read_bytes().startswith(b"\x89PNG")


def test_presets_are_whole_models_with_the_settings_asked_for(compared):
    for preset in ("seed-gru", "seed-lstm"):
        settings = json.loads((compared / preset / "config.json").read_text())["settings"]
        assert settings["training"]["steps"] == 4
        assert (settings["model"]["reads"], settings["model"]["slots"]) == ("latent", 1)
        assert (compared / "evaluation" / preset / "evaluation.md").exists()


def test_a_second_run_trains_and_measures_only_what_is_new(compare, compared, trained, tmp_path, capsys):
    folder = shutil.copytree(compared, tmp_path / "again")
    before = files_below(folder)
    capsys.readouterr()
    flags = ("--presets", "seed-gru,seed-lstm", *SHORT, "--model", str(trained))
    assert compare(folder, *flags) == 0
    assert files_below(folder) == before
    printed = capsys.readouterr()
    rows = list(models_of(folder).values())
    assert printed.out == f"{comparison_verdict(rows)}\n\n{table(rows)}\n"
    lines = [line.partition(" ")[2] for line in printed.err.splitlines()]
    assert sum(line.endswith("3 models") for line in lines) == 3
    assert models_of(folder) == models_of(compared)

    assert compare(folder, "--presets", "seed-gru", *SHORT, "--split", "validation") == 0
    after = files_below(folder)
    assert {name.partition("/")[0] for name in before if before[name] != after[name]} == {"evaluation"}
    assert list(models_of(folder)) == ["seed-gru"]


def test_other_settings_are_refused_until_overwritten(compare, compared, tmp_path, capsys):
    folder = shutil.copytree(compared, tmp_path / "other")
    flags = ("--presets", "seed-gru", *SHORT, "--set", "seed=3")
    assert compare(folder, *flags) == 2
    assert "--overwrite drops it" in capsys.readouterr().err
    assert compare(folder, *flags, "--overwrite") == 0
    assert json.loads((folder / "seed-gru/config.json").read_text())["settings"]["training"]["seed"] == 3


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ((), "nothing to compare"),
        (("--presets", "seed-gru,seed-gro"), "no preset 'seed-gro'"),
        (("--presets", "seed-gru,seed-gru", "--model", "seed-gru"), "two models have one name"),
        (("--presets", "seed-gru", "--set", "stepps=4"), "no setting 'stepps'"),
        (("--presets", "seed-gru,tiny", "--set", "slots=7"), "seed-gru: max_len 16 is not a multiple of slots 7"),
        (("--presets", "seed-gru,t5"), "t5 starts from a trained T5"),
        (("--presets", "seed-gru", "--model", "nowhere"), "nowhere/config.json is missing"),
    ],
)
def test_a_mistake_is_reported_before_anything_is_trained(compare, tmp_path, capsys, flags, message):
    assert compare(tmp_path / "out", *flags) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_model_of_another_dataset_is_refused(write_dataset, rows, trained, tmp_path, capsys):
    other = write_dataset(tmp_path / "dataset", {"train": rows[:20], "test": rows[20:40]})
    manifest = json.loads((other / "MANIFEST.json").read_text())
    manifest["settings"]["max_len"] = 32
    (other / "MANIFEST.json").write_text(json.dumps(manifest))
    flags = ("--dataset", str(other), "--model", str(trained), "--presets", "seed-gru", "--output", str(tmp_path / "o"))
    assert main(COMMAND, flags) == 2
    assert f"{trained} was trained with another segment length than {other}" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_a_split_without_rows_is_reported_before_training(write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    assert main(COMMAND, ["--dataset", str(dataset), "--presets", "seed-gru", "--output", str(tmp_path / "out")]) == 2
    assert "no rows in its test split" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
