"""Substitutes words by their context alone, as others do: with our model's decoder but without its latents.

`drawn` exchanges random words, one after the other, each for one of the TOP likeliest others of its place, drawn by
their probability, as nlpaug's ContextualWordEmbsAug and its kind do with BERT. `surest` first asks all places, and
takes those whose new words are likeliest. Both leave stop words, names and numbers alone and keep a word between two
edits, as ours does; neither knows what the old word was.

Latents are drawn as they lie at the farthest level the decoder was trained at, whatever the text, and p is the mean
over LATENTS of them: so it knows nothing but the words around, and is what a masked language model is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tokenizer.protect import restore
from tokenizer.segments import cut
from tokenizer.tokenizer import EOS, WORD_START
from vae.language.language import language
from vae.models.masked import FARTHEST, Seen, masked
from vae.variation.words import bare, bare_case, fitted, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from tokenizer.segments import Segment
    from vae.text_vae import TextVAE
    from vae.variation.words import Words

LANGUAGE = "en"
LATENTS = 4
TOP = 100
"""nlpaug's default."""


def masked_alone(
    model: TextVAE, sources: Sequence[str], *, n: int, change: float, seed: int, surest: bool
) -> list[list[str]]:
    """Makes `n` variations of each text; the share of changed words is as near to `change` as its places allow."""
    paragraphs = [" ".join(source.split()) for source in sources]
    texts = cut(paragraphs, tokenizer=model.tokenizer, max_len=model.max_len)
    filler = _Filler(model, torch.Generator().manual_seed(seed), surest=surest)
    return [[" ".join(filler(segment, change) for segment in segments) for _ in range(n)] for segments in texts]


@dataclass
class _Filler:
    """Exchanges words of segments, with random numbers of one generator."""

    model: TextVAE
    random: torch.Generator
    surest: bool

    def __post_init__(self) -> None:
        self._pieces = self.model.tokenizer.pieces
        self._staying = language(LANGUAGE).stop_words
        self._allowed = torch.tensor([self._may_stand(piece) for piece in self._pieces])

    def __call__(self, segment: Segment, change: float) -> str:
        """The text of the segment with this number of words exchanged."""
        words = words_of(segment, self.model.tokenizer)
        ids, at = list(segment.ids), self._places(words)
        known: dict[int, int] = {}
        if self.surest and at:
            log_p = self._log_p(ids, list(at.values()))
            new = self._drawn(log_p)
            known = dict(zip(at, new.tolist(), strict=True))
            likelihood = dict(zip(at, log_p.gather(1, new[:, None])[:, 0].tolist(), strict=True))
            order = sorted(at, key=lambda place: -likelihood[place])
        else:
            order = [list(at)[k] for k in torch.randperm(len(at), generator=self.random).tolist()]
        made = list(words.words)
        taken: set[int] = set()
        for place in order:
            if len(taken) >= round(change * len(words)):
                break
            if taken & {place - 1, place + 1}:
                continue
            taken.add(place)
            ids[at[place]] = known[place] if known else int(self._drawn(self._log_p(ids, [at[place]])))
            (made[place],) = fitted([made[place]], [self._pieces[ids[at[place]]].removeprefix(WORD_START)])
        return restore(" ".join(made), segment.protected) or segment.text

    def _may_stand(self, piece: str) -> bool:
        word = piece.removeprefix(WORD_START)
        return piece.startswith(WORD_START) and word.isalpha() and word.islower() and word not in self._staying

    def _places(self, words: Words) -> dict[int, int]:
        """The words that may change, each with its only piece."""
        found = {}
        for place, (word, span) in enumerate(zip(words.words, words.spans, strict=True)):
            plain = bare_case(word)
            lower = plain.islower() or (plain.istitle() and words.begins_sentence(place))
            if span and span[1] - span[0] == 1 and plain.isalpha() and lower and bare(word) not in self._staying:
                found[place] = span[0]
        return found

    @torch.inference_mode()
    def _log_p(self, ids: Sequence[int], at: Sequence[int]) -> Tensor:
        """The log p of pieces by place, (places, vocab), with one place hidden at a time; -inf for forbidden pieces."""
        network = masked(self.model.reader)
        width = -(-(len(ids) + 1) // network.run) * network.run
        row = functional.pad(torch.tensor([*ids, EOS]), (0, width - len(ids) - 1))
        hidden = torch.zeros(len(at), width, dtype=torch.bool)
        hidden[torch.arange(len(at)), torch.tensor(at)] = True
        seen = Seen(
            ids=row.expand(len(at), -1),
            hidden=hidden,
            real=(torch.arange(width) <= len(ids)).expand(len(at), -1),
            levels=torch.full((len(at),), FARTHEST),
        )
        total = torch.full((len(at), len(self._pieces)), -torch.inf)
        for _ in range(LATENTS):
            noise = torch.randn(1, network.slots, network.dim, generator=self.random)
            # Means have a variance of one, and were moved by as much as the level says.
            z = ((1 + FARTHEST**2) ** 0.5 * noise).expand(len(at), -1, -1).to(network.bias.dtype)
            features = network.features(z, seen)[hidden]
            total = torch.logaddexp(total, network.scores(features).float().log_softmax(-1))
        total[torch.arange(len(at)), row[list(at)]] = -torch.inf
        return total.masked_fill(~self._allowed, -torch.inf)

    def _drawn(self, log_p: Tensor) -> Tensor:
        """Draws one of the TOP likeliest pieces of each place, by their probabilities."""
        best = log_p.topk(TOP, dim=1)
        drawn = torch.multinomial(best.values.softmax(1), 1, generator=self.random)
        return best.indices.gather(1, drawn)[:, 0]
