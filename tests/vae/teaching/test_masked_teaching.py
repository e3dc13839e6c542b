import numpy as np
import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.teaching.infilling import Example, InfillingBatch, asked_scores
from vae.teaching.masked_teaching import Lessons, TeachingSettings, between, rate, teach
from vae.teaching.text_windows import TextWindows

OLD, NEW = 30, 31


@pytest.fixture
def lessons(tmp_path):
    path = tmp_path / "train.u16"
    random = np.random.default_rng(0)
    np.array([[*random.integers(10, 40, 15), EOS] for _ in range(40)], np.uint16).tofile(path)
    context = tuple(range(10, 17))
    source, ids = (*context, OLD), (*context, NEW)
    return Lessons(
        rewordings=[Example(source=source, ids=ids, first=7, wanted=({NEW: 1.0},))],
        substitutes=[Example(source=source, ids=source, first=7, wanted=({NEW: 2.0},))],
        prose=TextWindows(path, longest=32, vocab_size=40),
    )


def settings(**changes):
    return TeachingSettings(**{"steps": 30, "warmup": 5, "learning_rate": 0.02, **changes})


def likeliest(module):
    """The likeliest piece in place of OLD, with latents moved by a level of 1, averaged over 64 of them."""
    source = (*range(10, 17), OLD)
    example = Example(source=source, ids=source, first=7, wanted=({NEW: 1.0},))
    batch = InfillingBatch.of([example] * 64, run=4, device=torch.device("cpu"))
    torch.manual_seed(0)
    z = module.encode(batch.source, batch.lengths).mean
    log_p = asked_scores(module, batch, z + torch.randn_like(z), torch.ones(64), batch.asked)
    return log_p.exp().mean(0).argmax().item()


def test_the_wanted_piece_becomes_the_likeliest(masked, lessons):
    assert likeliest(masked) != NEW
    assert teach(masked, lessons, settings()) == 30
    assert likeliest(masked) == NEW


def test_only_the_decoder_changes_and_no_weight_keeps_a_gradient(masked, lessons):
    before = {name: weight.clone() for name, weight in masked.state_dict().items()}
    teach(masked, lessons, settings(steps=3))
    changed = {
        name.split(".")[0] for name, weight in masked.state_dict().items() if not torch.equal(weight, before[name])
    }
    assert changed == {"from_run", "from_whole", "decoder", "decoder_norm", "hidden", "levels", "bias"}
    assert not masked.training
    assert not any(weight.requires_grad for weight in masked.parameters())


def test_the_same_seed_gives_the_same_weights(masked, lessons):
    start = {name: weight.clone() for name, weight in masked.state_dict().items()}
    taught = []
    for seed in (1, 1, 2):
        masked.load_state_dict(start)
        teach(masked, lessons, settings(steps=3, seed=seed))
        taught.append(masked.from_run.weight.clone())
    assert torch.equal(taught[0], taught[1])
    assert not torch.equal(taught[0], taught[2])


def test_teaching_stops_when_the_time_is_over(masked, lessons):
    assert teach(masked, lessons, settings(steps=0, minutes=0.0)) == 0
    assert teach(masked, lessons, settings(steps=0, minutes=0.002)) > 0


def test_a_gradient_that_is_not_finite_is_an_error(masked, lessons):
    masked.bias[0] = torch.nan
    with pytest.raises(FloatingPointError, match="step 0"):
        teach(masked, lessons, settings(steps=2))


def test_weights_between_two_are_interpolated():
    start, taught = ({"a": torch.tensor([value]), "n": torch.tensor(3)} for value in (1.0, 3.0))
    assert {name: weight.tolist() for name, weight in between(start, taught, 0.25).items()} == {"a": [1.5], "n": 3}


def test_the_rate_rises_then_falls_to_a_fiftieth():
    assert rate(0, 0.0, 10) == pytest.approx(0.1)
    assert rate(20, 0.5, 10) == pytest.approx(0.51)
    assert rate(20, 1.0, 10) == pytest.approx(0.02)
