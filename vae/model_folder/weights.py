"""Writes and reads the weights of a model: in float32, in bfloat16, or in 8 bits with a scale for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from safetensors.torch import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

Precision = Literal["float32", "bfloat16", "int8"]

SCALE = ".scale"
"""Ends the name of the scales of a matrix of 8-bit integers; each row is multiplied by its scale."""

LARGEST_KEPT = 1 << 16
"""A matrix of up to so many numbers, such as a table of places, stays in bfloat16: 8 bits would save too little."""

PART_BYTES = 15_500_000
"""The largest size of a file of 8-bit weights, so that any host of code takes it."""

EXACT = "norm.running"
"""Part of the names of weights that stay in float32: the statistics of a batch normalisation."""


def write_weights(folder: Path, weights: Mapping[str, Tensor], precision: Precision) -> None:
    """Writes model.safetensors, or for int8 model-0.safetensors, model-1.safetensors and so on.

    Weights that are already in the folder are deleted first.
    """
    for path in folder.glob("model*.safetensors"):
        path.unlink()
    stored = {name: part for key, weight in weights.items() for name, part in _stored(key, weight, precision).items()}
    if precision != "int8":
        save_file(stored, folder / "model.safetensors")
        return
    parts: list[dict[str, Tensor]] = [{}]
    for name, weight in stored.items():
        if sum(tensor.nbytes for tensor in parts[-1].values()) + weight.nbytes > PART_BYTES:
            parts.append({})
        parts[-1][name] = weight
    for number, part in enumerate(parts):
        save_file(part, folder / f"model-{number}.safetensors")


def read_weights(folder: Path, *, device: str = "cpu") -> dict[str, Tensor]:
    """Reads the weights of a folder. Numbers that were floating-point are float32, all others keep their type.

    Raises:
        FileNotFoundError: the folder holds no weights.
    """
    paths = sorted(folder.glob("model-*.safetensors")) or [folder / "model.safetensors"]
    stored = {name: weight for path in paths for name, weight in load_file(path, device=device).items()}
    return {name: _restored(name, weight, stored) for name, weight in stored.items() if not name.endswith(SCALE)}


def rounded(weights: Mapping[str, Tensor], precision: Precision) -> dict[str, Tensor]:
    """Returns the weights as they are after they were written in this precision and read again."""
    parts = {name: _stored(name, weight, precision) for name, weight in weights.items()}
    return {name: _restored(name, part[name], part) for name, part in parts.items()}


def _stored(name: str, weight: Tensor, precision: Precision) -> dict[str, Tensor]:
    """Returns the tensors that stand for a weight in a file: itself in its type there, and its scales for int8."""
    weight = weight.detach().cpu()
    if not weight.is_floating_point():
        return {name: weight.contiguous()}
    if precision == "int8" and weight.ndim == 2 and weight.numel() > LARGEST_KEPT:
        scale = (weight.float().abs().amax(1) / 127).clamp(min=1e-7).half()
        return {
            name: (weight.float() / scale.float()[:, None]).round().clamp(-127, 127).to(torch.int8).contiguous(),
            name + SCALE: scale,
        }
    exact = precision == "float32" or EXACT in name
    return {name: weight.to(torch.float32 if exact else torch.bfloat16).contiguous()}


def _restored(name: str, weight: Tensor, stored: Mapping[str, Tensor]) -> Tensor:
    """Returns a weight as the model uses it, from the tensors of a file."""
    scale = stored.get(name + SCALE)
    if scale is not None:
        return weight * scale.float()[:, None]
    return weight.float() if weight.is_floating_point() else weight
