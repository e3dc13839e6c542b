import threading

import pytest

from pipelines.beam import progress
from pipelines.beam.progress import WATCHER, Pace, duration, shown_progress


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


def test_without_a_terminal_a_line_of_the_log_tells_how_far_the_job_is(caplog, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_PER_LINE", 0.01)
    seconds, counts, polled = iter(range(0, 1000, 10)), iter((40, 80)), threading.Event()
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))

    def done():
        count = next(counts, None)
        if count is None:
            polled.set()
        return count or 80

    with caplog.at_level("INFO", "blogvae"), shown_progress("posts", 1280, done, folder="out"):
        assert polled.wait(5)
    assert caplog.messages[:2] == ["posts: 40 of 1,280", "posts: 80 of 1,280, 4/s, about 5 minutes left"]


def test_a_short_job_logs_no_line(caplog, capsys):
    with caplog.at_level("INFO", "blogvae"), shown_progress("posts", 10, unexpected, folder="out"):
        pass
    assert (caplog.messages, capsys.readouterr()) == ([], ("", ""))


def test_what_an_earlier_run_did_does_not_count_for_the_speed():
    pace = Pace(100)
    assert pace.update(0, 0.0) == ""
    assert pace.update(90, 1.0) == ""
    assert pace.update(91, 3.0) == "0.5/s, about 18 seconds left"


def test_no_more_is_shown_than_there_is_and_never_less_than_before():
    pace, shown = Pace(100), []
    for now, done in enumerate((10, 60, 40, 250)):
        pace.update(done, float(now))
        shown.append(pace.shown)
    assert shown == [10, 60, 60, 100]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours")]
)
def test_a_duration_is_told_in_the_largest_unit_of_which_it_has_two(seconds, text):
    assert duration(seconds) == text
