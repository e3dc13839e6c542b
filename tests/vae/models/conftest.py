"""Small models of every text family and kind, with random weights, so that every input has an effect."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from tokenizer.adopt import adopt
from vae.data.text_batch import TextBatch
from vae.models.configs import RecurrentConfig, T5Config, TransformerConfig
from vae.models.families import text_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor
    from transformers import T5ForConditionalGeneration

    from tokenizer.tokenizer import Tokenizer
    from vae.models.configs import TextConfig
    from vae.models.t5 import T5VAE
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
"""A small model of each kind; batch normalisation and learned priors are spread over the kinds."""

UNLABELLED = {"lstm-1", "lstm-1-latent-forward-bare", "transformer-queries"}
"""The kinds that are tested without labels."""

T5_SIZES = {"d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0}
T5_VERSIONS = {
    "1.0": {"feed_forward_proj": "relu", "tie_word_embeddings": True},
    "1.1": {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
}
T5_PAD, T5_EOS = 0, 1
T5_UNUSED_ROWS = 28
"""The rows of T5's embedding behind those of its pieces."""


@pytest.fixture(scope="session")
def make_model() -> Callable[..., TextModel]:
    """Makes a model whose weights, prior and running statistics are all random."""

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
    """The settings of this kind of model."""
    return CONFIGS[kind]


@pytest.fixture
def labels(kind: str) -> tuple[int, ...]:
    """The sizes of the tables of labels of this kind of model."""
    return () if kind in UNLABELLED else LABELS


@pytest.fixture
def model(config: TextConfig, labels: tuple[int, ...], make_model: Callable[..., TextModel]) -> TextModel:
    """A model of this kind, in eval mode."""
    return make_model(config, labels=labels)


@pytest.fixture
def make_batch(labels: tuple[int, ...], make_texts: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., TextBatch]:
    """Makes a batch of random texts of given lengths (end marker counted), with different labels."""

    def make(*lengths: int, width: int = MAX_LEN) -> TextBatch:
        rows = torch.arange(len(lengths))
        conditions = torch.stack([(rows + 1) % (size + 1) for size in labels], 1) if labels else None
        return TextBatch.of(*make_texts(*lengths, width=width), conditions=conditions)

    return make


@pytest.fixture
def draw_z(model: TextModel) -> Callable[..., Tensor]:
    """Draws latents for a number of texts."""

    def draw(rows: int) -> Tensor:
        return torch.randn(rows, model.slots, model.dim, generator=torch.Generator().manual_seed(1))

    return draw


@pytest.fixture(scope="session")
def make_t5(sentences: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes a folder with a T5 of random weights, laid out as those on the hub are."""
    # transformers is imported here, since it takes seconds and most tests of this room do without.
    from transformers import T5Config as Architecture  # noqa: PLC0415
    from transformers import T5ForConditionalGeneration  # noqa: PLC0415

    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=T5_PAD,
        eos_id=T5_EOS,
        unk_id=2,
        bos_id=-1,
    )

    def make(version: str) -> Path:
        folder = tmp_path_factory.mktemp("t5") / version
        folder.mkdir()
        (folder / "spiece.model").write_bytes(written.getvalue())
        rows = SentencePieceProcessor.from_proto(written.getvalue()).get_piece_size() + T5_UNUSED_ROWS
        torch.manual_seed(0)
        t5 = T5ForConditionalGeneration(Architecture(**T5_SIZES, **T5_VERSIONS[version], vocab_size=rows))
        if version == "1.1":
            t5.lm_head.weight = torch.nn.Parameter(torch.randn_like(t5.shared.weight))
        for weight in t5.encoder.final_layer_norm.parameters():
            torch.nn.init.uniform_(weight, 0.5, 1.5)
        t5.save_pretrained(folder)
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, **T5_VERSIONS[version]}))
        return folder

    return make


@pytest.fixture(scope="session", params=T5_VERSIONS)
def t5_folder(request: pytest.FixtureRequest, make_t5: Callable[[str], Path]) -> Path:
    """The folder of a T5 of each version in turn."""
    return make_t5(request.param)


@pytest.fixture(scope="session")
def t5_tokenizer(t5_folder: Path) -> Tokenizer:
    """The tokenizer with T5's pieces, renumbered by `prepare --tokenizer`."""
    return adopt((t5_folder / "spiece.model").read_bytes())


@pytest.fixture(scope="session")
def t5_pieces(t5_folder: Path) -> SentencePieceProcessor:
    """T5's pieces with T5's own numbers."""
    return SentencePieceProcessor(model_file=str(t5_folder / "spiece.model"))


@pytest.fixture(scope="session")
def t5(t5_folder: Path) -> T5ForConditionalGeneration:
    """The T5 as transformers loads it."""
    from transformers import T5ForConditionalGeneration  # noqa: PLC0415

    return T5ForConditionalGeneration.from_pretrained(t5_folder).eval()


@pytest.fixture
def t5_vae(t5_folder: Path, t5_tokenizer: Tokenizer) -> T5VAE:
    """The VAE that starts from the T5, in eval mode."""
    from vae.models.t5_source import start_from_t5  # noqa: PLC0415

    torch.manual_seed(0)
    config = T5Config(source=str(t5_folder), slots=3, dim=4, dropout=0.5)
    return start_from_t5(config, t5_tokenizer, max_len=16, labels=(2, 3)).eval()
