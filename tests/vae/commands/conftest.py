"""Fixtures that run `blogvae train` for the tests of commands."""

import pytest

from vae.commands import train as train_command
from vae.commands.command import main
from vae.commands.train import COMMAND


@pytest.fixture(scope="module")
def train(tiny_flags):
    """Runs the command for three epochs, with a calibration on a few texts, and returns its exit code."""

    def train(dataset, folder, *flags):
        flags = [*tiny_flags, "--set", "epochs=3", *flags]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(train_command, "CALIBRATION_TEXTS", 8)
            return main(COMMAND, ["--dataset", str(dataset), "--output", str(folder), *flags])

    return train


@pytest.fixture(scope="module")
def short(train, dataset, tmp_path_factory):
    """The folder of a run of three epochs without a failure."""
    folder = tmp_path_factory.mktemp("short") / "model"
    assert train(dataset, folder) == 0
    return folder


@pytest.fixture(scope="module")
def few(write_dataset, rows, tmp_path_factory):
    """A dataset of 64 rows to train on and 16 to test, without validation rows."""
    return write_dataset(tmp_path_factory.mktemp("few") / "dataset", {"train": rows[:64], "test": rows[64:80]})
