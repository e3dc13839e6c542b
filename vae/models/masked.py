"""A text VAE whose decoder fills hidden pieces and reads the text on both sides of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tokenizer.tokenizer import PAD
from vae.latent.gaussian import Latents
from vae.models.conditions import Conditions
from vae.models.head import normalised
from vae.models.hiding import disturbed
from vae.models.piece_nats import piece_nats
from vae.models.prior import Prior
from vae.models.text_model import TextModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.data.text_batch import TextBatch
    from vae.models.configs import MaskedConfig

_LEVELS = 17
FARTHEST = 1.6
"""The largest level of noise on the latents in training, in standard deviations of the prior.

The decoder has a vector for each of _LEVELS levels from 0 to FARTHEST, and interpolates between them.
"""

_LOG_VAR = (-8.0, 0.0)
"""The bounds of the log variance of the posterior."""

_SHARP = -2.0
"""The bias of the log variance at the start of training."""


class Seen(NamedTuple):
    """What the decoder reads of n texts beside their latents.

    `ids` (n, width) are the pieces. `hidden` (n, width) is true where a piece is hidden from the decoder, and `real`
    (n, width) is false at the padding. `levels` (n,) are the levels of noise on the latents, 0 to FARTHEST.
    """

    ids: Tensor
    hidden: Tensor
    real: Tensor
    levels: Tensor


class MaskedVAE(TextModel):
    """A VAE whose latents are linear in given vectors of pieces, and whose decoder scores all hidden pieces at once.

    The mean of a run's slot is a linear map of the vectors of its pieces, so pieces with similar vectors have similar
    latents, and a step in latent space leads to words of similar use or meaning. Means are batch-normalised (BN-VAE,
    Zhu et al. 2020, section 3.2), so a radius means the same in every dimension. The decoder is not causal
    (Ghazvininejad et al. 2019, section 3): it reads the pieces that are not hidden, the slots, and the level of noise
    on the latents. With all pieces hidden it gives the usual p(x|z) of a VAE.
    """

    compiles = ("encode", "features")
    encode_rows = 1
    vectors: Tensor
    begins: Tensor

    def __init__(self, config: MaskedConfig, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> None:
        """Makes a model with new weights; `labels` are the sizes of the tables of labels.

        Raises:
            ValueError: heads do not divide the width, `run` does not divide max_len, or the vectors have no dimensions.
        """
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} is not a multiple of heads {config.heads}")
        if max_len % config.run:
            raise ValueError(f"max_len {max_len} is not a multiple of run {config.run}")
        if not config.usage + config.meaning:
            raise ValueError("usage and meaning are both 0, but the latents are read off these vectors")
        self.config, self.vocab_size, self.max_len = config, vocab_size, max_len
        self.slots, self.dim, self.run = 1 + max_len // config.run, config.dim, config.run
        self.prior = Prior(self.slots, config.dim)
        self.missing = nn.Parameter(torch.zeros(config.dim), requires_grad=False)
        width, size = config.width, config.usage + config.meaning
        self.register_buffer("vectors", torch.zeros(vocab_size, size))
        self.register_buffer("begins", torch.ones(vocab_size, dtype=torch.bool))
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.conditions = Conditions(labels, width)
        self.hidden = nn.Parameter(torch.zeros(width))
        self.places = nn.Parameter(torch.zeros(max_len, width))
        self.encoder_places = nn.Parameter(torch.zeros(max_len, width))
        self.levels = nn.Parameter(torch.zeros(_LEVELS, width))
        self.encoder = nn.ModuleList(MaskedBlock(config) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        self.run_head, self.whole_head = nn.Linear(config.run * size, 2 * config.dim), nn.Linear(width, 2 * config.dim)
        self.run_norm, self.whole_norm = (nn.BatchNorm1d(config.dim, affine=False, momentum=0.01) for _ in range(2))
        self.from_run, self.from_whole = nn.Linear(config.dim, config.run * width), nn.Linear(config.dim, width)
        self.decoder = nn.ModuleList(MaskedBlock(config) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self._initialise()

    def encode(self, ids: Tensor, lengths: Tensor, conditions: Tensor | None = None) -> Latents:
        """Returns the posteriors of n texts: `ids` (n, width <= max_len) are padded, `lengths` (n,) count eos."""
        ids = self._whole_runs(ids)
        real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        vectors = self.vectors[ids].to(self.run_head.weight.dtype)
        runs = self.run_head(vectors.view(len(ids), ids.shape[1] // self.run, -1)).float()
        states = self._scaled(ids) + self.encoder_places[: ids.shape[1]] + self.conditions(ids, conditions)
        for block in self.encoder:
            states = block(states, real[:, None, None])
        states = self.encoder_norm(states) * real[..., None]
        whole = self.whole_head(states.sum(1) / lengths[:, None]).float()
        active = self.active_slots(lengths)
        slots = functional.pad(torch.cat([whole[:, None], runs], 1), (0, 0, 0, self.slots - 1 - runs.shape[1]))
        mean, log_var = slots.chunk(2, dim=-1)
        mean = torch.cat([normalised(self.whole_norm, mean[:, 0])[:, None], self._normalised_runs(mean, active)], 1)
        return self.prior.where_inactive(Latents(mean, log_var.clamp(*_LOG_VAR)), active)

    def features(self, z: Tensor, seen: Seen, conditions: Tensor | None = None) -> Tensor:
        """Returns the features (n, width, embedding) that give the scores of all pieces, for z (n, slots, dim)."""
        width = seen.ids.shape[1]
        pieces = torch.where(seen.hidden[..., None], self.hidden, self._scaled(seen.ids))
        runs = self.from_run(z[:, 1 : 1 + width // self.run]).reshape(len(z), width, -1)
        whole = self.from_whole(z[:, :1]) + self._level_vectors(seen.levels)[:, None]
        states = pieces + self.places[:width] + runs + whole + self.conditions(seen.ids, conditions)
        for block in self.decoder:
            states = block(states, seen.real[:, None, None])
        return cast("Tensor", self.decoder_norm(states))

    def nats(self, z: Tensor, batch: TextBatch) -> Tensor:
        """Returns -log p(x|z) of each text, (n,), with all pieces hidden; the end marker is predicted too.

        Where the batch names hidden pieces, as in training, only these are predicted. Their cost is then scaled up to
        the number of all pieces of the batch.
        """
        ids = self._whole_runs(batch.ids)
        real = ids != PAD
        hidden = real if batch.hidden is None else self._whole_runs(batch.hidden)
        levels = torch.zeros(len(ids), device=ids.device) if batch.levels is None else batch.levels
        features = self.features(z, Seen(ids, hidden, real, levels), batch.conditions)
        places = hidden.flatten().nonzero()[:, 0]
        nats = piece_nats(features.flatten(0, 1)[places], self.embedding.weight, self.bias, ids.flatten()[places])
        of_texts = torch.zeros(len(z), device=z.device, dtype=nats.dtype).index_add(0, places // ids.shape[1], nats)
        return of_texts if batch.hidden is None else of_texts * (batch.units / max(1, len(places)))

    def disturb(self, z: Tensor, batch: TextBatch, settings: object) -> tuple[Tensor, TextBatch]:
        """Returns what the decoder reads in training: z with noise of a level drawn for each text, and words hidden."""
        del settings
        return disturbed(z, batch, begins=self.begins, farthest=FARTHEST)

    def active_slots(self, lengths: Tensor) -> Tensor:
        """Returns a mask (n, slots): slot 0 is always active, the slot of a run where the run has a piece."""
        starts = (torch.arange(self.slots, device=lengths.device) - 1) * self.run
        return starts < lengths[:, None]

    def decoder_parts(self) -> list[nn.Module]:
        """Returns the modules that only the decoder uses."""
        return [self.from_run, self.from_whole, self.decoder, self.decoder_norm]

    def _whole_runs(self, rows: Tensor) -> Tensor:
        """Returns the rows (n, width), padded to a whole number of runs."""
        missing = -rows.shape[1] % self.run
        return functional.pad(rows, (0, missing)) if missing else rows

    def _scaled(self, ids: Tensor) -> Tensor:
        """Returns the embeddings of the pieces, scaled to a variance of 1 at the start of training."""
        return cast("Tensor", self.embedding(ids) * self.config.width**0.5)

    def _level_vectors(self, levels: Tensor) -> Tensor:
        """Returns the vector of each level (n,), interpolated linearly between the learned ones: (n, width)."""
        at = (levels / FARTHEST * (_LEVELS - 1)).clamp(0, _LEVELS - 1 - 1e-4)
        low = at.long()
        share = (at - low)[:, None].to(self.levels.dtype)
        return self.levels[low] * (1 - share) + self.levels[low + 1] * share

    def _normalised_runs(self, mean: Tensor, active: Tensor) -> Tensor:
        """Returns the means of the slots of runs; those of active slots are batch-normalised."""
        runs, used = mean[:, 1:], active[:, 1:]
        return runs.masked_scatter(used[..., None], normalised(self.run_norm, runs[used]))

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=module.in_features**-0.5)
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding.weight, std=self.config.width**-0.5)
        small = 0.5 / len(self.decoder) ** 0.5
        for block in [*self.encoder, *self.decoder]:  # residual branches start small
            for layer in (block.attention.to_output, block.feedforward[2]):
                nn.init.normal_(layer.weight, std=small * layer.in_features**-0.5)
        for weight in (self.hidden, self.places, self.encoder_places):
            nn.init.normal_(weight, std=0.3)
        for head in (self.run_head, self.whole_head):
            nn.init.constant_(head.bias[self.dim :], _SHARP)
        for table in self.conditions.tables:  # a label changes nothing until it has been trained
            nn.init.zeros_(cast("nn.Embedding", table).weight)


def masked(model: TextModel) -> MaskedVAE:
    """Returns the model, known to be of the masked family.

    Raises:
        TypeError: it is of another family.
    """
    if not isinstance(model, MaskedVAE):
        raise TypeError(f"{type(model).__name__} is not a model of the masked family")
    return model


class MaskedBlock(nn.Module):
    """A pre-norm transformer block: attention to all pieces of the text, then a feedforward."""

    def __init__(self, config: MaskedConfig) -> None:
        super().__init__()
        width = config.width
        self.attention, self.attention_norm = SelfAttention(width, config.heads), nn.LayerNorm(width)
        self.feedforward = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )
        self.feedforward_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Returns the new states (n, width, hidden); `mask` (n, 1, 1, width) is false at the padding."""
        states = states + self.dropout(self.attention(self.attention_norm(states), mask))
        return cast("Tensor", states + self.dropout(self.feedforward(self.feedforward_norm(states))))


class SelfAttention(nn.Module):
    """Scaled dot-product attention of a sequence to itself (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_all, self.to_output = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Returns what each state attends to, (n, length, width); `mask` (n, 1, 1, length) is false at the padding."""
        n, length, width = states.shape
        split = self.to_all(states).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(split[0], split[1], split[2], attn_mask=mask)
        return cast("Tensor", self.to_output(attended.transpose(1, 2).reshape(n, length, width)))
