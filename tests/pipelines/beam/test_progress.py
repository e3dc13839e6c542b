import threading

import pytest

from pipelines.beam import progress
from pipelines.beam.progress import WATCHER, shown_progress


@pytest.fixture
def terminal(monkeypatch):
    """Makes standard error a terminal, and the bar ask for progress at short intervals."""
    monkeypatch.setattr(progress, "shows_progress", lambda: True)
    monkeypatch.setattr(progress, "POLL_SECONDS", 0.01)


def unexpected():
    raise AssertionError("progress was asked for")


def test_on_a_terminal_progress_is_polled_until_the_block_ends(terminal):
    polled = threading.Event()

    def done():
        polled.set()
        return 3

    with shown_progress("cleaning, bytes", 10, done, folder="out"):
        assert polled.wait(5)
    assert WATCHER not in [thread.name for thread in threading.enumerate()]


def test_an_error_in_the_block_ends_the_polling(terminal):
    with pytest.raises(ValueError, match="broken"), shown_progress("posts", 10, lambda: 0, folder="out"):
        raise ValueError("broken")
    assert WATCHER not in [thread.name for thread in threading.enumerate()]


def test_a_remote_folder_has_no_bar(terminal, capsys):
    with shown_progress("posts", 10, unexpected, folder="gs://bucket/out"):
        pass
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_there_is_no_bar(capsys):
    with shown_progress("posts", 10, unexpected, folder="out"):
        pass
    assert capsys.readouterr() == ("", "")
