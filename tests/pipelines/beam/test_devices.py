import pytest
import torch

from pipelines.beam.devices import available_device
from pipelines.errors import UserError


@pytest.mark.parametrize(
    ("wanted", "has_gpu", "device"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cuda", True, "cuda"), ("cpu", True, "cpu")],
)
def test_auto_takes_a_gpu_if_there_is_one(monkeypatch, wanted, has_gpu, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    assert available_device(wanted) == device


def test_cuda_without_a_gpu_is_a_user_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="--device cuda: PyTorch finds no GPU here"):
        available_device("cuda")
