import csv
from pathlib import Path

import pytest

from pipelines.commands.rate import COMMAND
from vae.commands.command import main


@pytest.fixture
def folder(variations_folder):
    return variations_folder.write()


def test_a_sheet_is_written_rated_and_read(folder, tmp_path, capsys):
    sheet, key, ratings = (str(tmp_path / name) for name in ("form.html", "form.key.csv", "ratings.csv"))
    assert main(COMMAND, ["--variations", f"{folder}/", "--output", sheet]) == 0
    told = capsys.readouterr().err
    assert "only 2 of 60 pairs" in told
    assert f"{sheet} written, 2 pairs; which text is whose stands in {key}" in told
    lines = ["row,fluent_a,publish_a,fluent_b,publish_b,same_meaning"]
    for row in csv.DictReader(Path(key).read_text().splitlines()):
        assert row["variations"] == folder
        of_source, of_variation = ("5,yes", "2,no")
        texts = (of_source, of_variation) if row["source_side"] == "a" else (of_variation, of_source)
        lines.append(",".join([row["row"], *texts, "3"]))
    Path(ratings).write_text("\n".join(lines) + "\n")
    assert main(COMMAND, ["--ratings", ratings, "--key", key]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == "source fluent, 1 to 5 publishable same meaning, 1 to 5 words changed".split()
    of_folder, of_posts = (next(line for line in printed if line.startswith(name)) for name in (folder, "the posts"))
    assert of_folder.split()[1:10] == "2.00 (2.00 to 2.00) n=2 0% (0% to 0%)".split()
    assert "3.00 (3.00 to 3.00) n=2" in of_folder
    assert of_posts.split()[3:] == "5.00 (5.00 to 5.00) n=2 100% (100% to 100%) n=2 – –".split()


def test_as_many_pairs_as_asked_are_no_warning(folder, tmp_path, capsys):
    sheet = str(tmp_path / "form.html")
    assert main(COMMAND, ["--variations", folder, "--output", sheet, "--pairs", "1"]) == 0
    assert "only" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "give --variations and --output to write a sheet, or --ratings and --key"),
        (["--variations", "ours"], "give --variations and --output"),
        (["--output", "form.html"], "give --variations and --output"),
        (["--ratings", "ratings.csv"], "give --variations and --output"),
        (["--variations", "ours", "--output", "form.html", "--ratings", "r.csv", "--key", "k.csv"], "or --ratings"),
        (["--variations", "ours", "--output", "form.html", "--pairs", "0"], "--pairs is 0; give 1 or more"),
        (["--variations", "ours", "--variations", "ours/", "--output", "f.html"], "--variations names ours twice"),
        (["--variations", "no-such-folder", "--output", "f.html"], "no-such-folder/MANIFEST.json: not found"),
    ],
)
def test_flags_that_do_not_fit_are_2(flags, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(COMMAND, flags) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))
