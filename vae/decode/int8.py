"""Decoders whose large matrix products are of 8-bit integers."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import torch
from torch import nn

from vae.decode.int8_linear import Int8Linear
from vae.decode.int8_recurrent import Int8GRU, Int8LSTM
from vae.fast_bf16 import fast_bf16

if TYPE_CHECKING:
    from vae.models.text_model import TextModel


def fast_int8(device: str) -> bool:
    """Whether the processor has instructions that sum products of 8-bit integers."""
    return device == "cpu" and bool(torch.cpu._is_vnni_supported())  # noqa: SLF001  (nothing public says so)


def int8_decoder(model: TextModel) -> TextModel:
    """A copy that decodes with output layer and recurrent layers in 8 bits, the rest in the faster precision.

    What comes out of a row does not depend on the rows beside it, as with the model itself.
    """
    copied = deepcopy(model)
    if fast_bf16("cpu"):
        copied.bfloat16()
    for name, layer in model.named_modules():
        if name.startswith("decoder.") and isinstance(layer, nn.LSTM):
            copied.set_submodule(name, Int8LSTM(layer))
        elif name.startswith("decoder.") and isinstance(layer, nn.GRU):
            copied.set_submodule(name, Int8GRU(layer))
    # A plain function beside the method: the weights are the embedding's too, which stays as it is.
    copied.scores = Int8Linear(model.embedding.weight, model.bias)  # type: ignore[assignment]
    return copied
