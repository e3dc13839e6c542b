import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import BATCH, Decoding, decode
from vae.models.families import text_model
from vae.models.recurrent_config import RecurrentConfig
from vae.models.transformer_config import TransformerConfig

SIZES = {"embedding": 12, "encoder": (16,), "decoder": (16,), "dim": 6}
WIDTHS = {"width": 12, "heads": 2, "encoder_layers": 1, "decoder_layers": 2, "dim": 6}
CONFIGS = {
    "lstm-1": RecurrentConfig(**SIZES, slots=1),
    "gru-4": RecurrentConfig(**SIZES, cell="gru", slots=4),
    "lstm-4-latent": RecurrentConfig(**SIZES, reads="latent", slots=4),
    "transformer-runs": TransformerConfig(**WIDTHS, slots=5),
    "transformer-queries": TransformerConfig(**WIDTHS, read="queries", slots=3),
}
TOP_P = Decoding(method="top-p", temperature=0.8, top_p=0.7)


@pytest.fixture(params=CONFIGS)
def module(request):
    module = text_model(CONFIGS[request.param], vocab_size=40, max_len=16, labels=(2,)).eval()
    generator = torch.Generator().manual_seed(4)
    module.requires_grad_(requires_grad=False)
    for weight in module.parameters():
        torch.nn.init.normal_(weight, std=0.4, generator=generator)
    module.bias[EOS] += 3  # some texts end early, some not at all
    return module


def latents(module, rows=70):
    return 2 * torch.randn(rows, module.slots, 6, generator=torch.Generator().manual_seed(0))


def numbers(rows=70):
    return torch.rand(rows, 16, generator=torch.Generator().manual_seed(1))


def best_by_teacher_forcing(module, z, conditions=None):
    """One text alone, the whole text scored again for each piece."""
    inputs = [BOS]
    while len(inputs) <= module.max_len:
        scores = module.scores(module.features(z[None], torch.tensor([inputs]), conditions))[0, -1]
        scores[[PAD, UNK, BOS]] = -torch.inf
        piece = scores.argmax().item()
        if piece == EOS:
            break
        inputs.append(piece)
    return inputs[1:]


def test_greedy_is_the_best_piece_after_piece(module):
    z = latents(module, 12)
    assert decode(module, z, Decoding()) == [best_by_teacher_forcing(module, row) for row in z]


def test_each_row_is_told_its_own_labels(module):
    z = latents(module)
    conditions = torch.arange(70)[:, None] % 3
    rows = decode(module, z, Decoding(), conditions=conditions)
    for row in (1, 2, 65, 69):
        assert rows[row] == best_by_teacher_forcing(module, z[row], conditions[row : row + 1])
    plain = decode(module, z, Decoding())
    assert [rows[row] for row in range(0, 70, 3)] == [plain[row] for row in range(0, 70, 3)]
    assert rows != plain


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
