import torch
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import BOS, EOS, PAD
from vae.data.text_batch import TextBatch
from vae.models.hiding import LONGEST_HIDDEN, disturbed, hidden_words

VOCAB = 30
BEGINS = torch.arange(VOCAB) % 3 == 0
"""Every third piece begins a word; among the special pieces these are PAD and EOS."""


@st.composite
def texts(draw):
    """Draws rows of pieces that start with BOS and a piece that begins a word, end with EOS, and are padded."""
    rows = draw(st.lists(st.lists(st.integers(4, VOCAB - 1), min_size=1, max_size=20), min_size=1, max_size=4))
    width = max(map(len, rows)) + 3
    return torch.tensor([[BOS, 6, *row, EOS, *[PAD] * (width - len(row))] for row in rows])


def words_of(row):
    """Returns the places of each word of a row."""
    words = []
    for place, piece in enumerate(row.tolist()):
        if piece > EOS:
            if BEGINS[piece] or not words:
                words.append([])
            words[-1].append(place)
    return words


@given(texts(), st.sampled_from([None, 0.15, 0.5]), st.integers(0, 1000))
def test_words_are_hidden_whole_and_markers_only_where_all_pieces_are(ids, share, seed):
    torch.manual_seed(seed)
    hidden = hidden_words(ids, BEGINS, share)
    assert not hidden[ids == PAD].any()
    for row, of_row in zip(ids, hidden, strict=True):
        for places in words_of(row):
            assert len({bool(of_row[place]) for place in places}) == 1
        markers = of_row[(row == EOS) | (row == BOS)]
        if share is None:
            assert markers.all() == markers.any() == (of_row | (row == PAD)).all()
        else:
            assert not markers.any()


@given(texts())
def test_share_1_hides_all_pieces_and_share_0_hides_none(ids):
    assert torch.equal(hidden_words(ids, BEGINS, 1.0), ids != PAD)
    assert not hidden_words(ids, BEGINS, 0.0).any()


def test_the_given_share_of_words_is_hidden():
    torch.manual_seed(0)
    ids = torch.randint(4, VOCAB, (4000, 64))
    assert abs(hidden_words(ids, BEGINS, 0.15).float().mean() - 0.15) < 0.01


def test_in_training_a_fifth_of_the_texts_is_hidden_whole_and_three_tenths_of_the_words_of_the_others():
    torch.manual_seed(0)
    ids = torch.randint(4, VOCAB, (4000, 64))
    hidden = hidden_words(ids, BEGINS)
    whole = hidden.all(1)
    assert abs(whole.float().mean() - 0.2) < 0.02
    shares = hidden[~whole].float().mean(1)
    assert abs(shares.mean() - 0.3) < 0.03


def test_words_are_hidden_in_runs_of_up_to_three():
    torch.manual_seed(0)
    ids = torch.full((3000, 60), 6)  # each piece is a word
    hidden = hidden_words(ids, BEGINS, 0.05)
    starts = hidden[:, 1:-4] & ~hidden[:, :-5]
    runs = dict.fromkeys(range(1, LONGEST_HIDDEN + 1), 0)
    for size in runs:
        run = starts.clone()
        for ahead in range(size):
            run &= hidden[:, 1 + ahead : 56 + ahead]
        runs[size] = int((run & ~hidden[:, 1 + size : 56 + size]).sum())
    assert all(count > 200 for count in runs.values())


def test_noise_has_a_level_drawn_for_each_text_and_a_fifth_of_the_texts_gets_none():
    torch.manual_seed(0)
    ids = torch.full((4000, 8), 6)
    z = torch.zeros(4000, 5, 16)
    moved, batch = disturbed(z, TextBatch.of(ids, torch.full((4000,), 8)), begins=BEGINS, farthest=1.6)
    still = batch.levels == 0
    assert abs(still.float().mean() - 0.2) < 0.02
    assert (moved[still] == 0).all()
    assert 0 < batch.levels[~still].min() < 0.01
    assert 1.59 < batch.levels.max() <= 1.6
    spread = moved[~still].flatten(1).std(1) / batch.levels[~still]
    assert abs(spread.mean() - 1) < 0.01
