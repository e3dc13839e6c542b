import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import EOS
from vae.decode.banned import BannedPieces, banned_words
from vae.decode.decoding import Decoding, decode

WORDS = ("cat", " the\tQuiet", "warm", "C++", "naïve", "😀")
PATTERNS = [r"(?<!\w)cat(?!\w)", r"(?<!\w)the quiet(?!\w)", r"(?<!\w)warm(?!\w)", r"(?<!\w)c\+\+(?!\w)", "naïve", "😀"]


@pytest.fixture(scope="module")
def mask(tokenizer):
    return BannedPieces(WORDS, tokenizer)


@pytest.fixture(scope="module")
def numbers(tokenizer):
    """The id of each piece."""
    return {line.split("\t")[0]: number for number, line in enumerate(tokenizer.vocabulary().splitlines())}


def forbidden(mask, tokenizer, *history):
    scores = torch.zeros(1, tokenizer.vocab_size)
    mask(scores, torch.tensor([history], dtype=torch.long))
    return set(scores[0].isinf().nonzero()[:, 0].tolist())


def spelled(numbers, text):
    """Spells a text in pieces of one character, or of one byte where the vocabulary lacks the character."""
    ids = []
    for character in text.replace(" ", "▁"):
        ids += (
            [numbers[character]]
            if character in numbers
            else [numbers[f"<0x{byte:02X}>"] for byte in character.encode()]
        )
    return ids


@pytest.mark.parametrize(
    "text",
    ["cat", "The cat", "CAT", "a (cat", "the Quiet", "THE quiet", "so warm", "c++", "naïve", "Naïve", "x 😀", "x😀"],
)
def test_the_last_character_of_a_banned_word_is_forbidden(mask, numbers, tokenizer, text):
    *history, last = spelled(numbers, text)
    assert last in forbidden(mask, tokenizer, *history)


@pytest.mark.parametrize("text", ["concat", "bobcat", "ca", "cut", "tequiet", "the  quiet", "lukewarm", "_cat", "na"])
def test_the_last_character_of_any_other_word_is_allowed(mask, numbers, tokenizer, text):
    *history, last = spelled(numbers, text)
    assert last not in forbidden(mask, tokenizer, *history)


def test_a_piece_that_is_a_banned_word_is_forbidden_where_a_word_begins(tokenizer, numbers):
    mask = BannedPieces(["cat"], tokenizer)
    assert "▁cat" in numbers
    assert numbers["▁cat"] in forbidden(mask, tokenizer)
    assert numbers["▁cat"] in forbidden(mask, tokenizer, numbers["▁dog"])


def test_the_end_marker_is_never_forbidden(mask, numbers, tokenizer):
    assert EOS not in forbidden(mask, tokenizer, *spelled(numbers, "so warm"))
    assert EOS not in forbidden(mask, tokenizer, numbers["▁dog"], EOS, EOS)


def test_each_row_has_its_own_history(mask, numbers, tokenizer):
    scores = torch.zeros(2, tokenizer.vocab_size)
    mask(scores, torch.tensor([spelled(numbers, " ca"), spelled(numbers, "lca")]))
    assert scores[:, numbers["t"]].isinf().tolist() == [True, False]


@given(st.data())
def test_no_sequence_of_allowed_pieces_spells_a_banned_word(mask, numbers, tokenizer, data):
    useful = [number for piece, number in numbers.items() if number > EOS and (len(piece) <= 3 or piece[:1] != "<")]
    near = sorted({piece for word in WORDS for piece in spelled(numbers, f" {word.casefold()}")})
    pieces = []
    for _ in range(data.draw(st.integers(1, 14))):
        piece = data.draw(
            st.sampled_from(near) | st.sampled_from(useful) | st.sampled_from(sorted(numbers.values())[4:])
        )
        if piece not in forbidden(mask, tokenizer, *pieces):
            pieces.append(piece)
    text = tokenizer.decode([pieces])[0].casefold()
    assert not [pattern for pattern in PATTERNS if re.search(pattern, text)]


@pytest.mark.parametrize(
    "decoding", [{"method": "greedy"}, {"method": "temperature", "temperature": 3.0}, {"method": "beam"}]
)
def test_no_decoded_text_contains_a_banned_word(make_module, tokenizer, decoding):
    module = make_module(vocab_size=tokenizer.vocab_size)
    numbers = torch.rand(200, 16, generator=torch.Generator().manual_seed(1))
    check_banned_words(module, tokenizer, decoding, numbers)


def test_no_filled_text_contains_a_banned_word(masked, tokenizer):
    check_banned_words(masked, tokenizer, {"method": "greedy"}, None)


def check_banned_words(module, tokenizer, decoding, numbers):
    """Bans words of the texts that a model decodes, and looks for them in what it decodes then."""
    z = 3 * torch.randn(200, module.slots, module.dim, generator=torch.Generator().manual_seed(0))
    free = " ".join(tokenizer.decode(decode(module, z, Decoding(**decoding), numbers)))
    words = tuple(sorted(set(re.findall(r"\w{3,}", free)))[:9])
    banned = Decoding(**decoding, banned=words)
    texts = tokenizer.decode(decode(module, z, banned, numbers, tokenizer=tokenizer))
    assert len(words) >= 5
    assert not [word for word in words if re.search(rf"(?<!\w){word}(?!\w)", " ".join(texts), re.IGNORECASE)]


def test_the_mask_of_the_same_words_is_made_once(tokenizer):
    assert banned_words(("cat",), tokenizer) is banned_words(("cat",), tokenizer)
