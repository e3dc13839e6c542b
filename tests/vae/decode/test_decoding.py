import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import DECODED_ROWS, Decoding, decode
from vae.errors import UserError

pytestmark = pytest.mark.slow

TOP_P = Decoding(method="top-p", temperature=0.8, top_p=0.7)
TOP_K = Decoding(method="top-k", temperature=1.5, top_k=5)
GUARDED = Decoding(method="beam", beams=5, no_repeat=2, length_ratio=1.2)
METHODS = {
    "greedy": Decoding(),
    "temperature": Decoding(method="temperature"),
    "top-k": TOP_K,
    "top-p": TOP_P,
    "beam": Decoding(method="beam", beams=3),
    "mbr": Decoding(method="mbr", candidates=6),
    "guarded": GUARDED,
}
DRAWING = ("temperature", "top-k", "top-p", "mbr")


@pytest.fixture(params=METHODS)
def decoding(request):
    return METHODS[request.param]


def sources(rows=150):
    return [[4 + (row + place) % 30 for place in range(row % 11)] for row in range(rows)]


def best_by_teacher_forcing(module, z, log_p_after, conditions=None):
    beginning = []
    while len(beginning) < module.max_len:
        piece = log_p_after(module, z, [beginning], conditions)[0].argmax().item()
        if piece == EOS:
            break
        beginning.append(piece)
    return beginning


def test_greedy_is_the_best_piece_after_piece(module, draw_latents, log_p_after):
    z = draw_latents(module, 12)
    assert decode(module, z, Decoding()) == [best_by_teacher_forcing(module, row, log_p_after) for row in z]


@pytest.mark.parametrize("method", ["greedy", "beam", "mbr"])
def test_each_row_is_told_its_own_labels(decoder, draw_latents, draw_numbers, method):
    z, conditions, numbers = draw_latents(decoder), torch.arange(150)[:, None] % 3, draw_numbers()
    rows = decode(decoder, z, METHODS[method], numbers, conditions)
    for row in (1, 2, 129, 149):
        alone = slice(row, row + 1)
        assert decode(decoder, z[alone], METHODS[method], numbers[alone], conditions[alone]) == rows[alone]
    plain = decode(decoder, z, METHODS[method], numbers)
    assert rows[::3] == plain[::3]
    assert rows != plain


def test_labels_matter_as_they_do_to_the_whole_text(module, draw_latents, log_p_after):
    z, label = draw_latents(module, 3), torch.tensor([[2]])
    expected = [best_by_teacher_forcing(module, row, log_p_after, label) for row in z]
    assert decode(module, z, Decoding(), conditions=label.expand(3, 1)) == expected


def test_rows_end_before_the_end_marker_or_after_max_len(decoder, draw_latents, draw_numbers, decoding):
    rows = decode(decoder, draw_latents(decoder), decoding, draw_numbers(), sources=sources())
    assert len(rows) == 150
    assert {PAD, UNK, BOS, EOS}.isdisjoint(piece for row in rows for piece in row)
    lengths = {len(row) for row in rows}
    assert max(lengths) == 16 or decoding is GUARDED
    assert min(lengths) < 16


@pytest.mark.parametrize("asked", [1, 3, DECODED_ROWS])
def test_a_row_does_not_depend_on_how_many_are_asked(decoder, draw_latents, draw_numbers, decoding, asked):
    z, uniforms, from_texts = draw_latents(decoder), draw_numbers(), sources()
    few = decode(decoder, z[:asked], decoding, uniforms[:asked], sources=from_texts[:asked])
    assert few == decode(decoder, z, decoding, uniforms, sources=from_texts)[:asked]


def test_a_row_does_not_depend_on_its_neighbours(decoder, draw_latents, draw_numbers, decoding):
    z, uniforms, from_texts = draw_latents(decoder), draw_numbers(), sources()
    order = torch.randperm(150, generator=torch.Generator().manual_seed(2))
    rows = decode(decoder, z, decoding, uniforms, sources=from_texts)
    turned = decode(decoder, z[order], decoding, uniforms[order], sources=[from_texts[place] for place in order])
    assert turned == [rows[place] for place in order]


@pytest.mark.parametrize("decoding", [Decoding(), GUARDED])
def test_nor_does_it_in_any_family(module, draw_latents, decoding):
    z, from_texts = draw_latents(module), sources()
    order = torch.randperm(150, generator=torch.Generator().manual_seed(2))
    rows = decode(module, z, decoding, sources=from_texts)
    turned = decode(module, z[order], decoding, sources=[from_texts[place] for place in order])
    assert turned == [rows[place] for place in order]


@pytest.mark.parametrize("method", ["greedy", "temperature", "beam", "mbr"])
def test_sources_alone_change_nothing(decoder, draw_latents, draw_numbers, method):
    z, uniforms = draw_latents(decoder), draw_numbers()
    with_sources = decode(decoder, z, METHODS[method], uniforms, sources=sources())
    assert with_sources == decode(decoder, z, METHODS[method], uniforms)


def test_no_row_gives_none(decoder, draw_latents, decoding):
    assert decode(decoder, draw_latents(decoder, 0), decoding, torch.zeros(0, 16), sources=[]) == []


def test_draws_follow_from_the_numbers(decoder, draw_latents, draw_numbers):
    z = draw_latents(decoder)[:1].expand(DECODED_ROWS, -1, -1)
    for method in DRAWING:
        rows = decode(decoder, z, METHODS[method], draw_numbers(DECODED_ROWS))
        assert rows == decode(decoder, z, METHODS[method], draw_numbers(DECODED_ROWS))
        assert len({tuple(row) for row in rows}) > 10


@pytest.mark.parametrize(
    "nearly_greedy",
    [
        Decoding(method="temperature", temperature=1e-6),
        Decoding(method="top-k", top_k=1),
        Decoding(method="top-p", top_p=1e-6),
        Decoding(method="mbr", temperature=1e-6),
        Decoding(method="beam", beams=1),
    ],
)
def test_one_choice_is_greedy(decoder, draw_latents, draw_numbers, nearly_greedy):
    z = draw_latents(decoder)
    assert decode(decoder, z, nearly_greedy, draw_numbers()) == decode(decoder, z, Decoding())


def test_one_beam_is_greedy_in_any_family(module, draw_latents):
    z = draw_latents(module)
    assert decode(module, z, Decoding(method="beam", beams=1)) == decode(module, z, Decoding())


@pytest.mark.parametrize("method", DRAWING)
def test_a_method_that_draws_needs_numbers(decoder, draw_latents, method):
    with pytest.raises(ValueError, match=f"{method} draws"):
        decode(decoder, draw_latents(decoder), METHODS[method])


def test_a_bound_needs_sources_and_banned_words_a_tokenizer(decoder, draw_latents):
    with pytest.raises(ValueError, match="sources"):
        decode(decoder, draw_latents(decoder), Decoding(length_ratio=1.5))
    with pytest.raises(ValueError, match="tokenizer"):
        decode(decoder, draw_latents(decoder), Decoding(banned=("tea",)))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"temperature": 0.0}, "temperature above 0, not 0.0"),
        ({"temperature": float("nan")}, "temperature above 0, not nan"),
        ({"top_k": 0}, "top_k of at least 1, not 0"),
        ({"top_p": 0.0}, "top_p above 0, at most 1, not 0.0"),
        ({"top_p": 1.1}, "top_p above 0, at most 1, not 1.1"),
        ({"beams": 129}, "beams of 1 to 128, not 129"),
        ({"candidates": 0}, "candidates of 1 to 128, not 0"),
        ({"no_repeat": -1}, "no_repeat of 0 or more, not -1"),
        ({"length_ratio": 0.0}, "length_ratio above 0, not 0.0"),
        ({"banned": ("tea", " ")}, "banned words that are not empty, not ('tea', ' ')"),
    ],
)
def test_a_number_out_of_range_is_named(wrong, told):
    with pytest.raises(UserError) as raised:
        Decoding(**wrong)
    assert str(raised.value) == f"decoding needs {told}"
