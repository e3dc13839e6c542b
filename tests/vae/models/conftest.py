"""Small models of every text family and kind, with weights that make every input count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from vae.data.text_batch import TextBatch
from vae.models.configs import RecurrentConfig, TransformerConfig
from vae.models.families import text_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.models.configs import TextConfig
    from vae.models.text_model import TextModel

VOCAB, MAX_LEN, LABELS = 40, 16, (3, 2)
SIZES = {"embedding": 10, "encoder": (8,), "decoder": (8,), "dim": 4, "dropout": 0.5}
DEEP = {"encoder": (8, 6), "decoder": (6, 10)}
WIDTHS = {"width": 8, "heads": 2, "encoder_layers": 1, "decoder_layers": 1, "dim": 4, "dropout": 0.5}

CONFIGS: dict[str, TextConfig] = {
    "lstm-1": RecurrentConfig(**SIZES, slots=1),
    "gru-8": RecurrentConfig(**SIZES, cell="gru", slots=8),
    "lstm-8-deep": RecurrentConfig(**{**SIZES, **DEEP}, slots=8, learned_prior=True),
    "gru-1-deep-forward-bare": RecurrentConfig(
        **{**SIZES, **DEEP}, cell="gru", slots=1, bidirectional=False, skip=False, batch_norm=0.7
    ),
    "lstm-8-forward-dense": RecurrentConfig(**SIZES, slots=8, bidirectional=False, dense=7, batch_norm=0.7),
    "gru-1-latent-dense": RecurrentConfig(**SIZES, cell="gru", slots=1, reads="latent", dense=7, learned_prior=True),
    "lstm-8-latent-deep": RecurrentConfig(**{**SIZES, **DEEP}, slots=8, reads="latent", skip=False),
    "lstm-1-latent-forward-bare": RecurrentConfig(**SIZES, slots=1, reads="latent", bidirectional=False, skip=False),
    "transformer-runs": TransformerConfig(**WIDTHS, read="runs", slots=5),
    "transformer-runs-deep": TransformerConfig(
        **{**WIDTHS, "encoder_layers": 2, "decoder_layers": 2}, read="runs", slots=9, learned_prior=True, batch_norm=0.7
    ),
    "transformer-queries": TransformerConfig(**WIDTHS, read="queries", slots=3, batch_norm=0.7),
    "transformer-queries-deep": TransformerConfig(
        **{**WIDTHS, "encoder_layers": 2, "decoder_layers": 2}, read="queries", slots=1, learned_prior=True
    ),
}
"""Batch-normalised, prior learned or not, labels or none: spread over the kinds."""
UNLABELLED = {"lstm-1", "lstm-1-latent-forward-bare", "transformer-queries"}


@pytest.fixture(scope="session")
def make_model() -> Callable[..., TextModel]:
    """A model whose weights, prior and running statistics are all drawn."""

    def make(config: TextConfig, *, labels: Sequence[int] = (), seed: int = 0) -> TextModel:
        model = text_model(config, vocab_size=VOCAB, max_len=MAX_LEN, labels=labels)
        generator = torch.Generator().manual_seed(seed)
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.4, generator=generator)
        for name, value in model.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                value.uniform_(0.5, 1.5, generator=generator)
        for table in model.conditions.tables:
            table.weight.data[0] = 0
        return model.eval()

    return make


@pytest.fixture(scope="session", params=CONFIGS)
def kind(request: pytest.FixtureRequest) -> str:
    """The name of each kind of text model in turn."""
    return request.param


@pytest.fixture
def config(kind: str) -> TextConfig:
    """Its settings."""
    return CONFIGS[kind]


@pytest.fixture
def labels(kind: str) -> tuple[int, ...]:
    """The sizes of its tables of labels."""
    return () if kind in UNLABELLED else LABELS


@pytest.fixture
def model(config: TextConfig, labels: tuple[int, ...], make_model: Callable[..., TextModel]) -> TextModel:
    """One of its models, in eval mode."""
    return make_model(config, labels=labels)


@pytest.fixture
def make_batch(labels: tuple[int, ...], make_texts: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., TextBatch]:
    """Random texts of given lengths (end marker counted), each with labels of its own."""

    def make(*lengths: int, width: int = MAX_LEN) -> TextBatch:
        rows = torch.arange(len(lengths))
        conditions = torch.stack([(rows + 1) % (size + 1) for size in labels], 1) if labels else None
        return TextBatch.of(*make_texts(*lengths, width=width), conditions=conditions)

    return make


@pytest.fixture
def draw_z(model: TextModel) -> Callable[..., Tensor]:
    """Latents of so many texts."""

    def draw(rows: int) -> Tensor:
        return torch.randn(rows, model.slots, model.dim, generator=torch.Generator().manual_seed(1))

    return draw
