import json
import re
import shutil

import pytest

from tokenizer.training import train_tokenizer
from vae.commands.calibrate import COMMAND, SHOWN
from vae.commands.command import main
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.model_calibration import calibrate, measured_changes
from vae.latent.calibration import Calibration
from vae.model_folder.safe_writes import only_writer_to
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow

STRATEGIES = ["neighbour", "posterior", "interpolate", "resample-slots", "attribute"]


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of the trained model's folder, with another calibration."""
    copy = shutil.copytree(trained, tmp_path / "model", ignore=shutil.ignore_patterns("checkpoints", "logs"))
    (copy / "calibration.json").write_text(Calibration({"neighbour": [(0.0, 0.9)]}).to_json())
    return copy


def run(dataset, folder, *flags):
    return main(COMMAND, ["--dataset", str(dataset), "--model", str(folder), "--texts", "12", *flags])


def test_a_calibration_is_measured_checked_on_other_texts_written_and_plotted(dataset, folder, capsys):
    sha256 = TextVAE.load(folder).sha256
    assert run(dataset, folder) == 0
    printed = capsys.readouterr()
    model = TextVAE.load(folder)
    assert model.sha256 == sha256
    splits = Dataset.open(dataset)
    assert model.calibration == calibrate(model, texts_of(splits.shards("validation"), 12, seed=0), seed=0)
    assert (folder / "calibration.png").read_bytes().startswith(b"\x89PNG")
    head, *lines = printed.out.splitlines()
    assert head.split() == ["asked", "10%", "20%", "30%", "50%"]
    assert [line.split()[0] for line in lines] == STRATEGIES
    measured = measured_changes(model, texts_of(splits.shards("test"), 12, seed=1), "posterior", SHOWN, seed=1)
    assert lines[1].split()[1:] == [f"{share:.1%}" for share in measured]
    assert re.search(r"calibration\.json and calibration\.png written\n$", printed.err)


def refused(dataset, folder, capsys, *flags):
    """Returns the one line of the refusal, after checking that the calibration is unchanged."""
    path = folder / "calibration.json"
    before = path.read_text() if path.exists() else None
    assert run(dataset, folder, *flags) == 2
    assert (path.read_text() if path.exists() else None) == before
    line, *more = capsys.readouterr().err.splitlines()
    assert more == []
    return line


def test_a_folder_that_another_run_writes_to_is_refused(dataset, folder, capsys):
    with only_writer_to(folder):
        assert refused(dataset, folder, capsys) == f"blogvae: another run is writing to {folder}; wait for it"


@pytest.mark.parametrize("texts", ["0", "-3"])
def test_fewer_texts_than_one_are_refused(dataset, folder, capsys, texts):
    assert refused(dataset, folder, capsys, "--texts", texts) == f"blogvae: --texts {texts}: measure on at least one"


@pytest.mark.parametrize(("splits", "missing"), [(["test"], "validation"), (["validation"], "test")])
def test_a_split_without_rows_is_refused(write_dataset, rows, folder, tmp_path, capsys, splits, missing):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20], **dict.fromkeys(splits, rows[20:40])})
    line = refused(dataset, folder, capsys)
    assert line == f"blogvae: {dataset} has no rows in its {missing} split: give prepare more posts"


def test_a_dataset_with_another_tokenizer_is_refused(write_dataset, rows, sentences, folder, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"validation": rows[:20], "test": rows[20:40]})
    other = train_tokenizer(sentences[:300], vocab_size=600)
    (dataset / "tokenizer" / "spm.model").write_bytes(other.model)
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    (dataset / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": other.sha256}))
    assert f"{folder} was trained with another tokenizer than {dataset}" in refused(dataset, folder, capsys)


def test_a_missing_dataset_and_a_missing_model_are_refused_by_name(dataset, folder, tmp_path, capsys):
    assert str(tmp_path / "none") in refused(tmp_path / "none", folder, capsys)
    assert str(tmp_path / "none" / "config.json") in refused(dataset, tmp_path / "none", capsys)


def test_a_model_that_ships_stays_as_it_is_and_its_copy_is_calibrated(dataset, folder, ship, tmp_path, capsys):
    shipped, copy = ship("tiny-en", folder), tmp_path / "mine" / "copy"
    before = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    assert run(dataset, "tiny-en") == 2
    line = "blogvae: tiny-en ships with blogvae and stays as it is: give --output, a new folder for a copy\n"
    assert capsys.readouterr().err == line
    assert run(dataset, "tiny-en", "--output", str(copy)) == 0
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == before
    assert run(dataset, folder) == 0
    written, in_place = TextVAE.load(copy), TextVAE.load(folder)
    assert (written.sha256, written.calibration) == (in_place.sha256, in_place.calibration)
    assert (copy / "calibration.png").read_bytes() == (folder / "calibration.png").read_bytes()


def test_an_existing_output_is_refused(dataset, folder, tmp_path, capsys):
    line = refused(dataset, folder, capsys, "--output", str(tmp_path))
    assert line == f"blogvae: --output {tmp_path} is there already: name a new folder"
