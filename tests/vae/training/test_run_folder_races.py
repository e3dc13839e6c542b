"""Claiming a model folder for one run, by the first of the processes that train together."""

from pathlib import Path

from vae.training.run_folder import claim


def test_another_process_may_find_a_mark_that_the_first_one_is_removing(monkeypatch, tmp_path):
    """Whether the mark existed a moment ago does not matter; only whether it can be read."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setattr(Path, "exists", lambda _: True)
    assert not claim(tmp_path, "plan", resume=True, overwrite=True)


def test_only_the_first_process_removes_files_and_marks_the_folder(monkeypatch, tmp_path):
    mark = tmp_path / "checkpoints" / "plan.txt"
    mark.parent.mkdir()
    mark.write_text("another")
    monkeypatch.setenv("RANK", "1")
    assert not claim(tmp_path, "plan", resume=False, overwrite=True)
    assert mark.read_text() == "another"
    monkeypatch.setenv("RANK", "0")
    assert not claim(tmp_path, "plan", resume=False, overwrite=True)
    assert mark.read_text() == "plan"
    assert claim(tmp_path, "plan", resume=True, overwrite=False)
