import pytest

from vae.training.ranks import rank, world_size


def test_without_torchrun_there_is_one_process(monkeypatch):
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    assert (rank(), world_size()) == (0, 1)


@pytest.mark.parametrize(("number", "processes"), [("0", "2"), ("3", "4")])
def test_numbers_are_those_that_torchrun_sets(monkeypatch, number, processes):
    monkeypatch.setenv("RANK", number)
    monkeypatch.setenv("WORLD_SIZE", processes)
    assert (rank(), world_size()) == (int(number), int(processes))
