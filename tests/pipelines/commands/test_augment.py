import json

import pytest

from pipelines.commands.augment import COMMAND
from vae.commands.command import main


@pytest.fixture
def flags(tmp_path):
    return "--dataset=dataset", "--model=base-en", f"--output={tmp_path / 'out'}"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("--limit=0", "--limit 0: vary at least one post"),
        ("--per-post=0", "--per-post 0: ask for at least one variation"),
        ("--filters=nowhere.yaml", "nowhere.yaml: the rules cannot be read"),
        ("--guard-formulas", "--guard-formulas does nothing without --export csv"),
    ],
)
def test_a_flag_that_cannot_be_met_is_refused_before_anything_is_loaded_or_written(
    refused, flags, tmp_path, wrong, message
):
    assert message in refused(COMMAND, *flags, wrong)
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_refused(refused, tmp_path):
    said = refused(COMMAND, "--dataset=dataset", f"--model={tmp_path}/none", f"--output={tmp_path / 'out'}")
    assert f"{tmp_path}/none" in said
    assert not (tmp_path / "out").exists()


def test_a_dry_run_tells_the_plan_and_touches_nothing(tmp_path, capsys):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.txt").write_text("The kettle boils. " * 30)
    flags = [f"--input={tmp_path / 'posts'}", "--model=base-en", f"--output={tmp_path / 'out'}", "--log-format=json"]
    assert main(COMMAND, [*flags, "--dry-run"]) == 0
    prepared, varied = map(json.loads, capsys.readouterr().err.splitlines())
    assert (prepared["step"], varied["step"]) == ("prepare", "augment")
    assert varied["counts"] == {"files": 1, "bytes": 540, "units": 1, "posts": 1, "workers": 1}
    assert varied["seconds"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posts"]
