"""The devices that a model may run on; torch is imported only to look for a GPU."""

from __future__ import annotations

from pipelines.errors import UserError

AUTO, CPU, CUDA = "auto", "cpu", "cuda"
DEVICES = (AUTO, CPU, CUDA)
"""What --device may be."""


def available_device(wanted: str) -> str:
    """Returns the device for one of DEVICES on this machine; for `auto`, a GPU if there is one.

    Raises:
        UserError: `wanted` is a GPU and there is none; the CPU does not replace it.
    """
    import torch  # noqa: PLC0415  (slow to import, --help should not wait)

    if wanted == CPU:
        return CPU
    if torch.cuda.is_available():
        return CUDA
    if wanted == CUDA:
        raise UserError(
            "--device cuda: PyTorch finds no GPU here; use --device cpu, or a machine and a torch with CUDA"
        )
    return CPU
