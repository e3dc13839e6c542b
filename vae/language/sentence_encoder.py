"""Encodes English sentences: texts that mean the same get vectors close to each other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from vae.hardware import fast_bf16
from vae.language.bert import Bert, BertConfig
from vae.model_folder.shipped import SHIPPED_MODELS, check_files
from vae.model_folder.weights import read_weights
from vae.models.no_drawing import NoDrawing
from vae.packed_linear import pack_layers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHIPPED_ENCODER = "sentence-en"
"""The name of the model folder of the encoder that ships."""

LONGEST_TEXT = 256
"""The most pieces of a text that are read, as in the training of all-MiniLM-L6-v2."""

_ROWS, _STEP = 8, 16
"""Every batch has _ROWS rows, padded to a multiple of _STEP pieces.

The rounding of a matrix product depends on its shape. With fixed shapes, a text's vector does not depend on the other
texts."""


class SentenceEncoder:
    """Encodes sentences with all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019).

    Its matrix products are in bfloat16 where the processor is faster with it, all else in single precision.
    """

    def __init__(self, bert: Bert, tokenizer: Tokenizer) -> None:
        self.bert = bert.eval().requires_grad_(requires_grad=False)
        if fast_bf16("cpu"):
            pack_layers(self.bert)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer = tokenizer
        ids = tokenizer.get_vocab()
        self.begin, self.end, self.unknown = ids["[CLS]"], ids["[SEP]"], ids["[UNK]"]

    @classmethod
    def load(cls) -> SentenceEncoder:
        """Returns the encoder that ships, in 8-bit weights; each process checks and loads its files once.

        Raises:
            UserError: a file is missing or not the one that ships.
        """
        return _shipped()

    def pieces_of(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Returns the ids of a text's WordPieces, without [CLS] and [SEP], and the span of each in the text."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        return encoding.ids, encoding.offsets

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Tensor:
        """Returns a vector of length 1 for each text, (n, 384): the mean of its pieces' states, normalised."""
        rows = [[self.begin, *self.pieces_of(text)[0][: LONGEST_TEXT - 2], self.end] for text in texts]
        vectors = torch.zeros(len(texts), self.bert.config.width)
        for chosen, width in _batches([len(row) for row in rows]):
            ids = torch.zeros(_ROWS, width, dtype=torch.long)
            real = torch.zeros(_ROWS, width, dtype=torch.bool)
            real[:, 0] = True  # rows without a text count one piece, so that no mean divides by 0
            for at, k in enumerate(chosen):
                ids[at, : len(rows[k])] = torch.tensor(rows[k])
                real[at, : len(rows[k])] = True
            states = self.bert(ids, real)
            pooled = (states.float() * real[..., None]).sum(1) / real.sum(1, keepdim=True)
            vectors[chosen] = functional.normalize(pooled, dim=1)[: len(chosen)]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yields batches: the indices of the texts that are read together, and the width they are padded to."""
    by_width: dict[int, list[int]] = {}
    for k, length in enumerate(lengths):
        by_width.setdefault(-(-length // _STEP) * _STEP, []).append(k)
    for width, indices in sorted(by_width.items()):
        for first in range(0, len(indices), _ROWS):
            yield indices[first : first + _ROWS], width


@lru_cache(maxsize=1)
def _shipped() -> SentenceEncoder:
    folder = SHIPPED_MODELS / SHIPPED_ENCODER
    check_files(folder)
    with NoDrawing():
        bert = Bert(BertConfig())
    bert.load_state_dict(read_weights(folder), assign=True)
    return SentenceEncoder(bert, Tokenizer.from_file(str(folder / "tokenizer.json")))
