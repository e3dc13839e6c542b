import pytest

from pipelines.commands.augment import COMMAND


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
