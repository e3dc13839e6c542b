from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from vae.training.checkpoints import AtomicCheckpoints, Best


def test_a_checkpoint_is_written_and_read(tmp_path):
    path = str(tmp_path / "last.ckpt")
    AtomicCheckpoints().save_checkpoint({"step": 3}, path)
    assert torch.load(path) == {"step": 3}
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


def test_a_checkpoint_that_was_cut_short_leaves_the_previous_one(tmp_path, monkeypatch):
    path = str(tmp_path / "last.ckpt")
    AtomicCheckpoints().save_checkpoint({"step": 3}, path)

    def cut_short(_self, _checkpoint, target, _options):
        Path(target).write_bytes(b"half")
        raise OSError("no space")

    monkeypatch.setattr(TorchCheckpointIO, "save_checkpoint", cut_short)
    with pytest.raises(OSError, match="no space"):
        AtomicCheckpoints().save_checkpoint({"step": 4}, path)
    assert torch.load(path) == {"step": 3}
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


def test_the_weights_of_the_lowest_validation_that_counts_are_saved(tmp_path):
    path = tmp_path / "checkpoints" / "best.pt"
    best = Best(path, monitor="val_objective")
    for step, (value, counts) in enumerate(((1.0, False), (5.0, True), (3.0, True), (4.0, True))):
        module = SimpleNamespace(validation_counts=counts, validated_model=torch.nn.Linear(1, 1, bias=False))
        torch.nn.init.constant_(module.validated_model.weight, value)
        figures = {"val_objective": torch.tensor(value)}
        best.on_validation_end(SimpleNamespace(callback_metrics=figures, is_global_zero=True, global_step=step), module)
    assert torch.load(path)["weight"].item() == 3.0
    assert best.state_dict() == {"value": 3.0, "step": 2}
