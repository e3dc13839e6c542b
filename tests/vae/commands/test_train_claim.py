"""A model folder made one run's own, by the first of the processes that train together."""

from pathlib import Path

from vae.commands.train import _claim


def test_another_process_may_meet_a_mark_that_the_first_one_is_dropping(monkeypatch, tmp_path):
    """It goes by what it can read; whether the mark was there before says nothing."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setattr(Path, "exists", lambda _: True)
    assert not _claim(tmp_path, "plan", resume=True, overwrite=True)


def test_only_the_first_process_drops_and_marks(monkeypatch, tmp_path):
    mark = tmp_path / "checkpoints" / "plan.txt"
    mark.parent.mkdir()
    mark.write_text("another")
    monkeypatch.setenv("RANK", "1")
    assert not _claim(tmp_path, "plan", resume=False, overwrite=True)
    assert mark.read_text() == "another"
    monkeypatch.setenv("RANK", "0")
    assert not _claim(tmp_path, "plan", resume=False, overwrite=True)
    assert mark.read_text() == "plan"
    assert _claim(tmp_path, "plan", resume=True, overwrite=False)
