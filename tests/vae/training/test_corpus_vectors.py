from itertools import pairwise
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.training.corpus_vectors import corpus_vectors

ADJECTIVES, ANIMALS, VERBS, THINGS = range(4, 10), range(10, 16), range(16, 22), range(22, 28)
VOCAB = 30
UNUSED = [UNK, BOS, 28, 29]


def sentences(count, *, seed=0):
    """Returns piece ids of sentences such as `small dog cleans lamp`, some of them without the last word."""
    random = Random(seed)
    kinds = (ADJECTIVES, ANIMALS, VERBS, THINGS)
    return [[random.choice(kind) for kind in kinds[: random.choice((3, 4))]] + [EOS] for _ in range(count)]


def padded(rows, width=None):
    width = width or max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


@pytest.fixture(scope="module")
def vectors():
    return corpus_vectors([padded(sentences(600))], vocab_size=VOCAB, width=8)


def test_words_with_the_same_neighbours_lie_closer_than_others(vectors):
    cosines = vectors @ vectors.T
    for kind in (ADJECTIVES, ANIMALS, VERBS, THINGS):
        for piece in kind:
            alike = [cosines[piece, other] for other in kind if other != piece]
            others = [cosines[piece, other] for other in range(4, 28) if other not in kind]
            assert min(alike) > max(others)


def test_every_piece_has_a_unit_vector_but_padding(vectors):
    assert vectors.shape == (VOCAB, 8)
    assert vectors.dtype == torch.float32
    torch.testing.assert_close(vectors.norm(dim=1), torch.tensor([0.0] + [1.0] * (VOCAB - 1)))


def test_pieces_that_never_occur_get_different_directions(vectors):
    cosines = (vectors[UNUSED] @ vectors[UNUSED].T).fill_diagonal_(0)
    assert cosines.abs().max() < 0.95


def test_cosines_are_those_of_positive_pointwise_mutual_information():
    """With as many dimensions as pieces nothing is lost: X = U sqrt(S) has X X^T = (M M^T)^(1/2)."""
    rows = padded(sentences(300))
    tables = []
    for offset in (-2, -1, 1, 2):
        counts = np.zeros((VOCAB, VOCAB))
        for row in rows.tolist():
            for place, piece in enumerate(row):
                if piece and 0 <= place + offset < len(row) and row[place + offset]:
                    counts[piece, row[place + offset]] += 1
        smoothed = counts.sum(0) ** 0.75 / (counts.sum(0) ** 0.75).sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            tables.append(np.nan_to_num(np.maximum(np.log(counts / counts.sum(1, keepdims=True) / smoothed), 0)))
    left, values, _ = np.linalg.svd(np.concatenate(tables, 1), full_matrices=False)
    expected = left * np.sqrt(values)
    seen = [*range(4, 28), EOS]
    expected = expected[seen] / np.linalg.norm(expected[seen], axis=1, keepdims=True)
    vectors = corpus_vectors([rows], vocab_size=VOCAB, width=VOCAB)[seen].numpy()
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=1e-3)


@settings(max_examples=20)
@given(st.permutations(range(40)), st.lists(st.integers(1, 39), max_size=4), st.integers(5, 9))
def test_order_batches_and_padding_make_no_difference(order, cuts, width):
    rows = sentences(40, seed=1)
    shuffled = [rows[place] for place in order]
    edges = [0, *sorted(set(cuts)), 40]
    batches = [padded(shuffled[start:end], width) for start, end in pairwise(edges)]
    again = corpus_vectors(iter(batches), vocab_size=VOCAB, width=8)
    assert torch.equal(again, corpus_vectors([padded(rows)], vocab_size=VOCAB, width=8))


def test_the_global_random_state_is_neither_used_nor_changed():
    vectors, unchanged = [], []
    for seed in (5, 6):
        torch.manual_seed(seed)
        expected = torch.rand(3)
        torch.manual_seed(seed)
        vectors.append(corpus_vectors([padded(sentences(10))], vocab_size=VOCAB, width=8))
        unchanged.append(torch.equal(torch.rand(3), expected))
    assert unchanged == [True, True]
    assert torch.equal(*vectors)


@pytest.mark.parametrize("width", [VOCAB, VOCAB + 1, 100])
def test_a_vocabulary_may_be_smaller_than_a_vector(width):
    wide = corpus_vectors([padded(sentences(600))], vocab_size=VOCAB, width=width)
    assert wide.shape == (VOCAB, width)
    torch.testing.assert_close(wide[1:].norm(dim=1), torch.ones(VOCAB - 1))
    cosines = wide @ wide.T
    assert min(cosines[ANIMALS[0], other] for other in ANIMALS) > max(cosines[ANIMALS[0], other] for other in VERBS)


def test_only_the_commonest_pieces_count_as_neighbours_in_a_large_vocabulary(monkeypatch):
    """Pieces 5 and 6 differ only by a rare neighbour; the two commonest neighbours are the end marker and 4."""
    rows = padded([[10, 5, 4, EOS], [11, 6, 4, EOS], [12, 8, EOS]])
    every = corpus_vectors([rows], vocab_size=VOCAB, width=8)
    assert every[5] @ every[6] < 0.9
    monkeypatch.setattr("vae.training.corpus_vectors.CELLS", 2 * VOCAB)
    common = corpus_vectors([rows], vocab_size=VOCAB, width=8)
    assert common[5] @ common[6] == pytest.approx(1)


@pytest.mark.parametrize("rows", [[], [torch.zeros(0, 8, dtype=torch.long)], [torch.tensor([[5, EOS]])]])
def test_a_corpus_without_neighbours_gives_unit_vectors(rows):
    vectors = corpus_vectors(rows, vocab_size=VOCAB, width=8)
    torch.testing.assert_close(vectors.norm(dim=1), torch.tensor([0.0] + [1.0] * (VOCAB - 1)))
