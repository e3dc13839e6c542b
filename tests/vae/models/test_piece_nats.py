import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from vae.models import piece_nats as module
from vae.models.piece_nats import piece_nats


@pytest.fixture(autouse=True)
def _few_rows_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 4)


def layer(rows, *, seed=0, dtype=torch.float64, width=5, vocab=7):
    generator = torch.Generator().manual_seed(seed)
    shapes = (rows, width), (vocab, width), (vocab,)
    weights = [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes]
    return weights, torch.randint(vocab, (rows,), generator=generator)


def nats_and_gradients(rows, seed, dtype):
    """Returns our nats and those of cross_entropy, and the gradients of both for the same upstream gradient."""
    (features, weight, bias), targets = layer(rows, seed=seed, dtype=dtype)
    upstream = torch.linspace(-1, 2, rows)
    ours = piece_nats(features, weight, bias, targets)
    theirs = functional.cross_entropy(functional.linear(features, weight, bias).float(), targets, reduction="none")
    grads = [torch.autograd.grad(nats, (features, weight, bias), upstream.to(nats)) for nats in (ours, theirs)]
    return (ours, theirs), grads


@given(rows=st.integers(0, 11), seed=st.integers(0, 99))
def test_nats_and_gradients_are_those_of_cross_entropy(rows, seed):
    (ours, theirs), grads = nats_and_gradients(rows, seed, torch.float32)
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*grads)


@pytest.mark.parametrize("rows", [3, 4, 9])
def test_gradients_are_those_of_finite_differences(rows):
    weights, targets = layer(rows)
    assert torch.autograd.gradcheck(lambda *weights: piece_nats(*weights, targets), weights)


def test_frozen_weights_get_no_gradient():
    (features, weight, bias), targets = layer(9)
    frozen = piece_nats(features.detach(), weight.detach(), bias.detach(), targets)
    assert not frozen.requires_grad
    nats = piece_nats(features, weight.detach(), bias.detach(), targets)
    torch.testing.assert_close(nats.detach(), frozen)
    nats.sum().backward()
    theirs = functional.cross_entropy(functional.linear(features, weight, bias), targets, reduction="sum")
    torch.testing.assert_close(features.grad, torch.autograd.grad(theirs, features)[0])


def test_half_precision_is_close_and_gives_single_precision():
    (features, weight, bias), targets = layer(40, dtype=torch.float32, width=16, vocab=50)
    exact = piece_nats(features, weight, bias, targets)
    with torch.autocast("cpu", torch.bfloat16):
        nats = piece_nats(features, weight, bias, targets)
    assert nats.dtype == torch.float32
    assert not torch.equal(nats, exact)
    torch.testing.assert_close(nats, exact, rtol=0.02, atol=0.05)
    for ours, theirs in zip(
        torch.autograd.grad(nats.sum(), (features, weight, bias)),
        torch.autograd.grad(exact.sum(), (features, weight, bias)),
        strict=True,
    ):
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0.02 * theirs.abs().max().item())
