from pathlib import Path

import pytest
import torch
from lightning.pytorch.plugins.io import TorchCheckpointIO

from vae.training.checkpoints import AtomicCheckpoints


def test_a_checkpoint_is_written_and_read(tmp_path):
    path = str(tmp_path / "last.ckpt")
    AtomicCheckpoints().save_checkpoint({"step": 3}, path)
    assert torch.load(path) == {"step": 3}
    assert [each.name for each in tmp_path.iterdir()] == ["last.ckpt"]


def test_a_checkpoint_that_was_cut_short_leaves_the_one_before(tmp_path, monkeypatch):
    path = str(tmp_path / "last.ckpt")
    AtomicCheckpoints().save_checkpoint({"step": 3}, path)

    def cut_short(_self, _checkpoint, target, _options):
        Path(target).write_bytes(b"half")
        raise OSError("no space")

    monkeypatch.setattr(TorchCheckpointIO, "save_checkpoint", cut_short)
    with pytest.raises(OSError, match="no space"):
        AtomicCheckpoints().save_checkpoint({"step": 4}, path)
    assert torch.load(path) == {"step": 3}
