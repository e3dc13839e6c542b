"""A small masked model of the shared tokenizer's pieces, with weights that make every input count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from vae.models.families import text_model
from vae.models.masked_config import MaskedConfig

if TYPE_CHECKING:
    from tokenizer.tokenizer import Tokenizer
    from vae.models.text_model import TextModel

MASKED = MaskedConfig(
    width=16, heads=2, encoder_layers=1, decoder_layers=1, run=4, dim=4, usage=6, meaning=4, dropout=0.0
)


@pytest.fixture
def masked(tokenizer: Tokenizer) -> TextModel:
    """Of 32 pieces a text."""
    torch.manual_seed(0)
    module = text_model(MASKED, vocab_size=tokenizer.vocab_size, max_len=32, labels=()).eval()
    module.vectors.copy_(torch.randn(module.vectors.shape))
    module.begins.copy_(torch.from_numpy(tokenizer.begins_word))
    return module.requires_grad_(requires_grad=False)
