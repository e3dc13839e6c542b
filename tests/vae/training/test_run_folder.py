import json

import pytest

from vae.errors import UserError
from vae.training.run_folder import claim, is_done, refuse_other_run


@pytest.fixture
def folder(tmp_path):
    """A model folder that a run with the plan "ours" has claimed."""
    assert claim(tmp_path / "model", "ours", resume=False, overwrite=False) is False
    return tmp_path / "model"


def test_a_run_goes_on_with_its_own_folder_if_it_may(folder):
    assert claim(folder, "ours", resume=True, overwrite=False) is True
    with pytest.raises(UserError, match="--resume goes on with it, --overwrite drops it"):
        claim(folder, "ours", resume=False, overwrite=False)


@pytest.mark.parametrize("resume", [True, False])
def test_the_folder_of_another_run_is_refused_and_left_as_it_is(folder, resume):
    with pytest.raises(UserError, match="it is of other settings or data, --overwrite drops it"):
        refuse_other_run(folder, "another", resume=resume, overwrite=False)
    assert (folder / "checkpoints/plan.txt").read_text() == "ours"


def test_overwriting_removes_the_files_of_a_model_and_no_others(folder):
    for name in ("metrics.json", "notes.txt"):
        (folder / name).write_text("{}")
    assert claim(folder, "another", resume=False, overwrite=True) is False
    assert sorted(path.name for path in folder.iterdir()) == ["checkpoints", "notes.txt"]
    assert (folder / "checkpoints/plan.txt").read_text() == "another"


def test_a_folder_is_done_once_its_figures_have_the_plan(folder):
    assert not is_done(folder, "ours")
    (folder / "metrics.json").write_text(json.dumps({"plan": "ours"}))
    assert is_done(folder, "ours")
    assert not is_done(folder, "another")
