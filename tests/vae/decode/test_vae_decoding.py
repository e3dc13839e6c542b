import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import BATCH, Decoding, decode

SHAPES = [(cell, slots) for cell in ("lstm", "gru") for slots in (1, 4)]
TOP_P = Decoding(method="top-p", temperature=0.8, top_p=0.7)


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def module(request, make_module):
    module = make_module(cell=request.param[0], slots=request.param[1])
    module.bias[EOS] += 2  # some texts end early, some not at all
    return module


def latents(module, rows=70):
    return 2 * torch.randn(rows, module.settings.slots, 6, generator=torch.Generator().manual_seed(0))


def numbers(rows=70):
    return torch.rand(rows, 16, generator=torch.Generator().manual_seed(1))


def best_by_teacher_forcing(module, z):
    """One text alone, the whole text scored again for each piece."""
    inputs = [BOS]
    while len(inputs) <= module.max_len:
        scores = module.logits(z[None], torch.tensor([inputs]))[0, -1]
        scores[[PAD, UNK, BOS]] = -torch.inf
        piece = scores.argmax().item()
        if piece == EOS:
            break
        inputs.append(piece)
    return inputs[1:]


def test_greedy_is_the_best_piece_after_piece(module):
    z = latents(module, 12)
    assert decode(module, z, Decoding()) == [best_by_teacher_forcing(module, row) for row in z]


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(method="temperature"), TOP_P])
def test_rows_end_before_eos_or_after_max_len(module, decoding):
    rows = decode(module, latents(module), decoding, numbers())
    assert len(rows) == 70
    assert {PAD, UNK, BOS, EOS}.isdisjoint(piece for row in rows for piece in row)
    lengths = {len(row) for row in rows}
    assert min(lengths) < max(lengths) == 16


@pytest.mark.parametrize("decoding", [Decoding(), TOP_P])
@pytest.mark.parametrize("asked", [1, 3, BATCH])
def test_a_row_does_not_depend_on_how_many_are_asked(module, decoding, asked):
    z, uniforms = latents(module), numbers()
    assert decode(module, z[:asked], decoding, uniforms[:asked]) == decode(module, z, decoding, uniforms)[:asked]


@pytest.mark.parametrize("decoding", [Decoding(), TOP_P])
def test_a_row_does_not_depend_on_its_neighbours(module, decoding):
    z, uniforms = latents(module), numbers()
    order = torch.randperm(70, generator=torch.Generator().manual_seed(2))
    rows = decode(module, z, decoding, uniforms)
    assert decode(module, z[order], decoding, uniforms[order]) == [rows[place] for place in order]


def test_no_row_gives_none(module):
    assert decode(module, latents(module, 0), Decoding()) == []


def test_draws_follow_from_the_numbers(module):
    z = latents(module)[:1].expand(BATCH, -1, -1)
    rows = decode(module, z, Decoding(method="temperature"), numbers(BATCH))
    assert rows == decode(module, z, Decoding(method="temperature"), numbers(BATCH))
    assert len({tuple(row) for row in rows}) > 10


@pytest.mark.parametrize(
    "decoding", [Decoding(method="temperature", temperature=1e-4), Decoding(method="top-p", top_p=1e-6)]
)
def test_nearly_no_temperature_or_mass_is_greedy(module, decoding):
    z = latents(module)
    assert decode(module, z, decoding, numbers()) == decode(module, z, Decoding())


def test_the_numbers_matter_to_the_methods_that_draw_alone(module):
    z = latents(module)
    assert decode(module, z, Decoding(), numbers()) == decode(module, z, Decoding())
    assert decode(module, z, TOP_P, numbers()) != decode(module, z, Decoding())
