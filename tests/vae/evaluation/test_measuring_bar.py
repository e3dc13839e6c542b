import pytest

from vae.evaluation import measuring_bar as module
from vae.evaluation.measuring_bar import measuring_bar


@pytest.fixture
def clock(monkeypatch):
    """Has 20 seconds go by from one look at the clock to the next."""
    seconds = iter(range(0, 1000, 20))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(seconds))


def test_without_a_terminal_there_is_a_line_every_half_minute(clock, monkeypatch, caplog):
    monkeypatch.setattr(module, "shows_progress", lambda: False)
    with caplog.at_level("INFO", "blogvae"), measuring_bar(5) as part_done:
        for _ in range(4):
            part_done()
    assert caplog.messages == [
        "measured 2 of 5 parts, about 60 seconds left",
        "measured 4 of 5 parts, about 20 seconds left",
    ]


def test_on_a_terminal_the_bar_moves_and_nothing_is_logged(monkeypatch, caplog):
    bars = []

    class Bar(module.Progress):
        def __init__(self, *columns, **options):
            super().__init__(*columns, **options)
            bars.append(self)

    monkeypatch.setattr(module, "shows_progress", lambda: True)
    monkeypatch.setattr(module, "Progress", Bar)
    with caplog.at_level("INFO", "blogvae"), measuring_bar(3) as part_done:
        part_done()
        part_done()
        [task] = bars[0].tasks
        assert (task.completed, task.total) == (2, 3)
    assert caplog.messages == []
