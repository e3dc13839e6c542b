import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import DECODED_ROWS, Decoding, decode
from vae.errors import UserError

pytestmark = pytest.mark.slow

TOP_P = Decoding(method="top-p", temperature=0.8, top_p=0.7)
TOP_K = Decoding(method="top-k", temperature=1.5, top_k=5)
METHODS = {
    "greedy": Decoding(),
    "temperature": Decoding(method="temperature"),
    "top-k": TOP_K,
    "top-p": TOP_P,
    "beam": Decoding(method="beam", beams=3),
    "mbr": Decoding(method="mbr"),
}
DRAWING = ("temperature", "top-k", "top-p", "mbr")


@pytest.fixture(params=METHODS)
def decoding(request):
    return METHODS[request.param]


def sources(rows=150):
    return [[4 + (row + place) % 30 for place in range(row % 11)] for row in range(rows)]


def greedy_by_teacher_forcing(module, z, log_p_after, conditions=None):
    beginning = []
    while len(beginning) < module.max_len:
        piece = log_p_after(module, z, [beginning], conditions)[0].argmax().item()
        if piece == EOS:
            break
        beginning.append(piece)
    return beginning


def test_greedy_takes_the_best_piece_after_what_it_wrote(module, draw_latents, log_p_after):
    z = draw_latents(module, 12)
    assert decode(module, z, Decoding()) == [greedy_by_teacher_forcing(module, row, log_p_after) for row in z]


@pytest.mark.parametrize("method", ["greedy", "beam", "mbr"])
def test_each_row_is_decoded_with_its_own_labels(decoder, draw_latents, draw_numbers, method):
    z, conditions, numbers = draw_latents(decoder), torch.arange(150)[:, None] % 3, draw_numbers()
    rows = decode(decoder, z, METHODS[method], numbers, conditions)
    for row in (1, 2, 129, 149):
        alone = slice(row, row + 1)
        assert decode(decoder, z[alone], METHODS[method], numbers[alone], conditions[alone]) == rows[alone]
    plain = decode(decoder, z, METHODS[method], numbers)
    assert rows[::3] == plain[::3]
    assert rows != plain


def test_labels_change_the_pieces_as_they_change_log_p(module, draw_latents, log_p_after):
    z, label = draw_latents(module, 3), torch.tensor([[2]])
    expected = [greedy_by_teacher_forcing(module, row, log_p_after, label) for row in z]
    assert decode(module, z, Decoding(), conditions=label.expand(3, 1)) == expected


def test_a_text_ends_before_the_end_marker_or_after_max_len(decoder, draw_latents, draw_numbers, decoding):
    rows = decode(decoder, draw_latents(decoder), decoding, draw_numbers(), sources=sources())
    assert len(rows) == 150
    assert {PAD, UNK, BOS, EOS}.isdisjoint(piece for row in rows for piece in row)
    lengths = {len(row) for row in rows}
    assert max(lengths) == 16
    assert min(lengths) < 16


@pytest.mark.parametrize("count", [1, 3, DECODED_ROWS])
def test_a_row_does_not_depend_on_the_number_of_rows(decoder, draw_latents, draw_numbers, decoding, count):
    z, uniforms, from_texts = draw_latents(decoder), draw_numbers(), sources()
    few = decode(decoder, z[:count], decoding, uniforms[:count], sources=from_texts[:count])
    assert few == decode(decoder, z, decoding, uniforms, sources=from_texts)[:count]


def test_a_row_does_not_depend_on_its_neighbours(decoder, draw_latents, draw_numbers, decoding):
    z, uniforms, from_texts = draw_latents(decoder), draw_numbers(), sources()
    order = torch.randperm(150, generator=torch.Generator().manual_seed(2))
    rows = decode(decoder, z, decoding, uniforms, sources=from_texts)
    turned = decode(decoder, z[order], decoding, uniforms[order], sources=[from_texts[place] for place in order])
    assert turned == [rows[place] for place in order]


@pytest.mark.parametrize("decoding", [Decoding(), METHODS["beam"]])
def test_a_row_does_not_depend_on_its_neighbours_in_any_family(module, draw_latents, decoding):
    z, from_texts = draw_latents(module), sources()
    order = torch.randperm(150, generator=torch.Generator().manual_seed(2))
    rows = decode(module, z, decoding, sources=from_texts)
    turned = decode(module, z[order], decoding, sources=[from_texts[place] for place in order])
    assert turned == [rows[place] for place in order]


@pytest.mark.parametrize("method", ["greedy", "temperature", "beam", "mbr"])
def test_sources_do_not_change_the_texts(decoder, draw_latents, draw_numbers, method):
    z, uniforms = draw_latents(decoder), draw_numbers()
    with_sources = decode(decoder, z, METHODS[method], uniforms, sources=sources())
    assert with_sources == decode(decoder, z, METHODS[method], uniforms)


def test_no_latents_give_no_texts(decoder, draw_latents, decoding):
    assert decode(decoder, draw_latents(decoder, 0), decoding, torch.zeros(0, 16), sources=[]) == []


def test_the_same_numbers_give_the_same_draws(decoder, draw_latents, draw_numbers):
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
def test_a_method_without_a_choice_is_greedy(decoder, draw_latents, draw_numbers, nearly_greedy):
    z = draw_latents(decoder)
    assert decode(decoder, z, nearly_greedy, draw_numbers()) == decode(decoder, z, Decoding())


def test_one_beam_is_greedy_in_any_family(module, draw_latents):
    z = draw_latents(module)
    assert decode(module, z, Decoding(method="beam", beams=1)) == decode(module, z, Decoding())


@pytest.mark.parametrize("method", DRAWING)
def test_a_method_that_draws_needs_numbers(decoder, draw_latents, method):
    with pytest.raises(ValueError, match=f"{method} draws"):
        decode(decoder, draw_latents(decoder), METHODS[method])


def test_banned_words_need_a_tokenizer(decoder, draw_latents):
    with pytest.raises(ValueError, match="tokenizer"):
        decode(decoder, draw_latents(decoder), Decoding(banned=("tea",)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"temperature": 0.0}, "temperature above 0, not 0.0"),
        ({"temperature": float("nan")}, "temperature above 0, not nan"),
        ({"top_k": 0}, "top_k of at least 1, not 0"),
        ({"top_p": 0.0}, "top_p above 0, at most 1, not 0.0"),
        ({"top_p": 1.1}, "top_p above 0, at most 1, not 1.1"),
        ({"beams": 129}, "beams of 1 to 128, not 129"),
        ({"banned": ("tea", " ")}, "banned words that are not empty, not ('tea', ' ')"),
    ],
)
def test_a_value_out_of_range_is_named(wrong, message):
    with pytest.raises(UserError) as raised:
        Decoding(**wrong)
    assert str(raised.value) == f"decoding needs {message}"
