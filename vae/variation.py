"""Segments varied in the latent space, and texts put together from them with a steered amount of change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.protect import restore
from vae.change import changed_words
from vae.decode.decoding import Decoding, decode
from vae.latent.gaussian import Latents
from vae.latent.noise import Key, normal, uniform
from vae.latent.strategies import STRATEGIES, WITH_RADIUS
from vae.splice import splice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment
    from vae.text_vae import TextVAE

TRIES = (0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 2.0, 2.3)
"""Each segment is decoded at these multiples of the calibrated radius: farther steps propose more edits, of which
the known ones are taken."""

UNKNOWN = "\u2047"


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Where new latents come from, how much of the words is to change, and how they are decoded."""

    strategy: str = "neighbour"
    change: float = 0.3
    seed: int = 0
    decoding: Decoding = field(default_factory=Decoding)


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A text put together from varied segments.

    `segments` are its segments' texts, in the source's order; `change` the share of changed words over all of them;
    `segments_changed` how many differ from the source. A segment of which no try was usable keeps its source text.
    """

    segments: tuple[str, ...]
    change: float
    segments_changed: int

    @property
    def text(self) -> str:
        """The segments as one paragraph."""
        return " ".join(self.segments)


def vary_texts(
    model: TextVAE, texts: Sequence[Sequence[Segment]], *, keys: Sequence[Key], sampling: Sampling
) -> list[Variation]:
    """One variation of each text, given as its segments; the same for the same (seed, key).

    Segments whose `ids` are empty stay as they are.
    """
    tasks = [(row, place) for row, text in enumerate(texts) for place, segment in enumerate(text) if segment.ids]
    segments = [texts[row][place] for row, place in tasks]
    tries = _decode_tries(model, segments, keys=[(*keys[row], place) for row, place in tasks], sampling=sampling)
    by_text: list[dict[int, list[str]]] = [{} for _ in texts]
    for (row, place), decoded in zip(tasks, tries, strict=True):
        by_text[row][place] = decoded
    return [_put_together(model, text, decoded, sampling) for text, decoded in zip(texts, by_text, strict=True)]


def _decode_tries(model: TextVAE, segments: list[Segment], *, keys: list[Key], sampling: Sampling) -> list[list[str]]:
    """The tries of each segment, masked, in order of radius; "" where no end came within max_len pieces."""
    if not segments:
        return []
    latents = model.encode_ids([segment.ids for segment in segments])
    multiples = TRIES if sampling.strategy in WITH_RADIUS else (1.0,)
    count = len(multiples)
    radii = model.calibration.radius(sampling.strategy, sampling.change) * torch.tensor(multiples)
    tagged = [(sampling.seed, *key, number) for key in keys for number in range(count)]
    noise = torch.from_numpy(np.stack([normal(tuple(latents.mean.shape[1:]), key=key) for key in tagged]))
    uniforms = torch.from_numpy(np.stack([uniform(model.max_len, key=key) for key in tagged]))
    repeated = Latents(latents.mean.repeat_interleave(count, 0), latents.log_var.repeat_interleave(count, 0))
    z = STRATEGIES[sampling.strategy](repeated, noise.to(model.device), radii.repeat(len(segments)).to(model.device))
    if sampling.strategy == "prior":
        z = model.module.prior.sample(z)
    rows = decode(model.decoder, z, sampling.decoding, uniforms.to(model.device))
    texts = model.tokenizer.decode(rows)
    masked = [text if len(row) < model.max_len else "" for row, text in zip(rows, texts, strict=True)]
    return [masked[start : start + count] for start in range(0, len(masked), count)]


def _put_together(
    model: TextVAE, text: Sequence[Segment], decoded: dict[int, list[str]], sampling: Sampling
) -> Variation:
    """Each segment varied so far as the wanted change of the text up to it leaves room."""
    segments: list[str] = []
    words = changed = 0.0
    for place, segment in enumerate(text):
        source = segment.text
        size = len(source.split())
        words += size
        varied = _vary(model, segment, decoded.get(place, []), sampling, budget=words * sampling.change - changed)
        changed += changed_words(source, varied) * size
        segments.append(varied)
    return Variation(
        segments=tuple(segments),
        change=changed / words if words else 0.0,
        segments_changed=sum(each != segment.text for each, segment in zip(segments, text, strict=True)),
    )


def _vary(model: TextVAE, segment: Segment, tries: list[str], sampling: Sampling, *, budget: float) -> str:
    """The varied segment; its source where no try is usable: none ended, a number was lost, or it loops."""
    source = segment.protected.masked
    if sampling.strategy in WITH_RADIUS and model.lexicon:
        texts = [splice(source, tries, model.lexicon, budget=budget)]
    else:
        texts = [" ".join(each.split()) for each in tries]
    for text in texts:
        if text and UNKNOWN not in text and _loops(text) <= _loops(source):
            restored = restore(text, segment.protected)
            if restored:
                return restored
    return segment.text


def _loops(text: str) -> int:
    """How often a word follows itself, and how often the commonest pair of words occurs."""
    words = text.casefold().split()
    pairs = Counter(pairwise(words))
    return sum(first == second for first, second in pairwise(words)) + max(pairs.values(), default=0)
