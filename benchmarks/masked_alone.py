"""Substitutes words by their context alone, as a masked language model does: with our decoder, but no latents.

`drawn` exchanges random words, one after the other, each for one of the TOP likeliest others in its place, drawn by
probability, as nlpaug's ContextualWordEmbsAug and others do with BERT. `surest` first scores all places, and exchanges
those whose new words are likeliest. Both leave stop words, names and numbers alone and keep a word between two edits,
as ours does; neither knows the old word.

The latents are noise, as they are at the farthest level that the decoder was trained at, and p is the mean over LATENTS
of them. So the decoder knows nothing but the words around a place.
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
"""Pieces to draw from; nlpaug's default."""


def masked_alone(
    model: TextVAE, sources: Sequence[str], *, n: int, change: float, seed: int, surest: bool
) -> list[list[str]]:
    """Makes `n` variations of each text, with as near to the share `change` of words changed as its places allow."""
    paragraphs = [" ".join(source.split()) for source in sources]
    texts = cut(paragraphs, tokenizer=model.tokenizer, max_len=model.max_len)
    filler = _Filler(model, torch.Generator().manual_seed(seed), surest=surest)
    return [[" ".join(filler(segment, change) for segment in segments) for _ in range(n)] for segments in texts]


@dataclass
class _Filler:
    """Exchanges words of segments; all random numbers come from one generator."""

    model: TextVAE
    random: torch.Generator
    surest: bool

    def __post_init__(self) -> None:
        self._pieces = self.model.tokenizer.pieces
        self._stop_words = language(LANGUAGE).stop_words
        self._allowed = torch.tensor([self._may_stand(piece) for piece in self._pieces])

    def __call__(self, segment: Segment, change: float) -> str:
        """Returns the text of the segment with this share of its words exchanged."""
        words = words_of(segment, self.model.tokenizer)
        ids, at = list(segment.ids), self._places(words)
        surest: dict[int, int] = {}
        if self.surest and at:
            log_p = self._log_p(ids, list(at.values()))
            new = self._drawn(log_p)
            surest = dict(zip(at, new.tolist(), strict=True))
            likelihood = dict(zip(at, log_p.gather(1, new[:, None])[:, 0].tolist(), strict=True))
            order = sorted(at, key=lambda place: -likelihood[place])
        else:
            order = [list(at)[k] for k in torch.randperm(len(at), generator=self.random).tolist()]
        new_words = list(words.words)
        taken: set[int] = set()
        for place in order:
            if len(taken) >= round(change * len(words)):
                break
            if taken & {place - 1, place + 1}:
                continue
            taken.add(place)
            ids[at[place]] = surest[place] if surest else int(self._drawn(self._log_p(ids, [at[place]])))
            (new_words[place],) = fitted([new_words[place]], [self._pieces[ids[at[place]]].removeprefix(WORD_START)])
        return restore(" ".join(new_words), segment.protected) or segment.text

    def _may_stand(self, piece: str) -> bool:
        word = piece.removeprefix(WORD_START)
        return piece.startswith(WORD_START) and word.isalpha() and word.islower() and word not in self._stop_words

    def _places(self, words: Words) -> dict[int, int]:
        """Returns the places of the words that may change, each with the place of its only piece."""
        only_piece = {}
        for place, (word, span) in enumerate(zip(words.words, words.spans, strict=True)):
            plain = bare_case(word)
            lower = plain.islower() or (plain.istitle() and words.begins_sentence(place))
            if span and span[1] - span[0] == 1 and plain.isalpha() and lower and bare(word) not in self._stop_words:
                only_piece[place] = span[0]
        return only_piece

    @torch.inference_mode()
    def _log_p(self, ids: Sequence[int], at: Sequence[int]) -> Tensor:
        """Returns log p of all pieces, (places, vocab), with one place hidden at a time; -inf for forbidden pieces."""
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
            # Posterior means have a variance of 1, and the level adds its square.
            z = ((1 + FARTHEST**2) ** 0.5 * noise).expand(len(at), -1, -1).to(network.bias.dtype)
            features = network.features(z, seen)[hidden]
            total = torch.logaddexp(total, network.scores(features).float().log_softmax(-1))
        total[torch.arange(len(at)), row[list(at)]] = -torch.inf
        return total.masked_fill(~self._allowed, -torch.inf)

    def _drawn(self, log_p: Tensor) -> Tensor:
        """Draws one of the TOP likeliest pieces for each place, by probability."""
        best = log_p.topk(TOP, dim=1)
        drawn = torch.multinomial(best.values.softmax(1), 1, generator=self.random)
        return best.indices.gather(1, drawn)[:, 0]
