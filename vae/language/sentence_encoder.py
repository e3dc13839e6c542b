"""A small network that reads English sentences: near vectors for texts that say the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from vae.hardware import fast_precision
from vae.language.bert import Bert, BertConfig
from vae.model_folder.shipped import SHIPPED_MODELS, check_files
from vae.model_folder.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHIPPED_ENCODER = "sentence-en"
"""The folder of the encoder that ships."""

LONGEST_TEXT = 256
"""Pieces of a text that are read, as all-MiniLM-L6-v2 was trained."""

_ROWS, _STEP = 8, 16
"""Texts are read _ROWS at a time and padded to a multiple of _STEP pieces, however many there are.

A matrix product rounds by its shape, so a text's vector does not depend on how many are read with it."""


class SentenceEncoder:
    """all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019) in 8-bit weights, data/models/sentence-en.

    `bert` are the weights, `pieces_of` cuts a text into WordPieces.
    """

    def __init__(self, bert: Bert, tokenizer: Tokenizer) -> None:
        self.bert = bert.eval().requires_grad_(requires_grad=False)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer = tokenizer
        numbers = tokenizer.get_vocab()
        self.begin, self.end, self.unknown = numbers["[CLS]"], numbers["[SEP]"], numbers["[UNK]"]

    @classmethod
    def load(cls) -> SentenceEncoder:
        """The encoder that ships, its files checked, loaded once a process.

        Raises:
            UserError: a file is missing or not the one that ships.
        """
        return _shipped()

    def pieces_of(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Ids of the pieces of a text, without begin and end, and where in the text each begins and ends."""
        found = self.tokenizer.encode(text, add_special_tokens=False)
        return found.ids, found.offsets

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Tensor:
        """Vectors (n, 384) of length 1: the mean of the states of a text's pieces."""
        rows = [[self.begin, *self.pieces_of(text)[0][: LONGEST_TEXT - 2], self.end] for text in texts]
        found = torch.zeros(len(texts), self.bert.config.width)
        for chosen, width in _batches([len(row) for row in rows]):
            ids = torch.zeros(_ROWS, width, dtype=torch.long)
            real = torch.zeros(_ROWS, width, dtype=torch.bool)
            real[:, 0] = True  # of rows that are no text, so that nothing is divided by 0
            for at, k in enumerate(chosen):
                ids[at, : len(rows[k])] = torch.tensor(rows[k])
                real[at, : len(rows[k])] = True
            with fast_precision("cpu"):
                states = self.bert(ids, real)
            pooled = (states.float() * real[..., None]).sum(1) / real.sum(1, keepdim=True)
            found[chosen] = functional.normalize(pooled, dim=1)[: len(chosen)]
        return found


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Which texts are read together, and the width they are padded to."""
    by_width: dict[int, list[int]] = {}
    for k, length in enumerate(lengths):
        by_width.setdefault(-(-length // _STEP) * _STEP, []).append(k)
    for width, all_of_it in sorted(by_width.items()):
        for first in range(0, len(all_of_it), _ROWS):
            yield all_of_it[first : first + _ROWS], width


@lru_cache(maxsize=1)
def _shipped() -> SentenceEncoder:
    folder = SHIPPED_MODELS / SHIPPED_ENCODER
    check_files(folder)
    bert = Bert(BertConfig())
    bert.load_state_dict(read_weights(folder))
    return SentenceEncoder(bert, Tokenizer.from_file(str(folder / "tokenizer.json")))
