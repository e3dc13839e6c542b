"""Small models of every family of texts, and the log p of pieces that they compute without any state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.models.configs import RecurrentConfig, T5Config, TransformerConfig
from vae.models.families import text_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.models.configs import TextConfig
    from vae.models.text_model import TextModel

SIZES = {"embedding": 12, "encoder": (16,), "decoder": (16,), "dim": 6}
WIDTHS = {"width": 12, "heads": 2, "encoder_layers": 1, "decoder_layers": 2, "dim": 6}
T5_SHAPE = {
    "d_model": 12,
    "d_kv": 6,
    "d_ff": 16,
    "num_layers": 1,
    "num_decoder_layers": 2,
    "num_heads": 2,
    "feed_forward_proj": "relu",
    "tie_word_embeddings": False,
    "layer_norm_epsilon": 1e-6,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 16,
}
CONFIGS: dict[str, TextConfig] = {
    "lstm-1": RecurrentConfig(**SIZES, slots=1),
    "gru-4-deep": RecurrentConfig(**{**SIZES, "decoder": (8, 12)}, cell="gru", slots=4),
    "lstm-4-latent": RecurrentConfig(**SIZES, reads="latent", slots=4),
    "transformer-runs": TransformerConfig(**WIDTHS, slots=5),
    "transformer-queries": TransformerConfig(**WIDTHS, read="queries", slots=3),
    "t5": T5Config(slots=3, dim=6, architecture=json.dumps(T5_SHAPE)),
}
ENDS = dict.fromkeys(CONFIGS, 2.0) | {"transformer-queries": 2.75, "t5": 1.0}
"""Added to the end marker's score, so that some texts end early and some do not end at all."""
MAX_LEN = 16


@pytest.fixture(scope="session")
def make_decoder() -> Callable[..., TextModel]:
    """Makes a model of a kind with random weights."""

    def make(kind: str, *, vocab_size: int = 40, max_len: int = MAX_LEN) -> TextModel:
        module = text_model(CONFIGS[kind], vocab_size=vocab_size, max_len=max_len, labels=(2,)).eval()
        generator = torch.Generator().manual_seed(4)
        module.requires_grad_(requires_grad=False)
        for weight in module.parameters():
            torch.nn.init.normal_(weight, std=0.4, generator=generator)
        module.bias[EOS] += ENDS[kind]
        return module

    return make


@pytest.fixture(scope="session", params=CONFIGS)
def module(request: pytest.FixtureRequest, make_decoder: Callable[..., TextModel]) -> TextModel:
    """One model of each kind in turn."""
    return make_decoder(request.param)


@pytest.fixture(scope="session")
def decoder(make_decoder: Callable[..., TextModel]) -> TextModel:
    """A model for tests where the kind does not matter."""
    return make_decoder("gru-4-deep")


@pytest.fixture(scope="session")
def draw_latents() -> Callable[..., Tensor]:
    """Draws the latents of `rows` texts."""

    def draw(module: TextModel, rows: int = 150) -> Tensor:
        return 2 * torch.randn(rows, module.slots, 6, generator=torch.Generator().manual_seed(0))

    return draw


@pytest.fixture(scope="session")
def draw_numbers() -> Callable[..., Tensor]:
    """Draws numbers in [0, 1) for `rows` texts."""

    def draw(rows: int = 150) -> Tensor:
        return torch.rand(rows, MAX_LEN, generator=torch.Generator().manual_seed(1))

    return draw


@pytest.fixture(scope="session")
def log_p_after() -> Callable[..., Tensor]:
    """Computes log p of every piece after each beginning, (n, vocab), by reading the whole beginning."""

    def read(
        module: TextModel, z: Tensor, beginnings: Sequence[Sequence[int]], conditions: Tensor | None = None
    ) -> Tensor:
        rows = len(beginnings)
        inputs = torch.tensor([[BOS, *beginning] for beginning in beginnings])
        of_each = None if conditions is None else conditions.expand(rows, -1)
        scores = module.scores(module.features(z.expand(rows, -1, -1), inputs, of_each))[:, -1]
        scores[:, [PAD, UNK, BOS]] = -torch.inf
        return torch.log_softmax(scores, -1)

    return read
