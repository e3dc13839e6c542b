import pytest
import torch

from vae.data.dataset import Dataset
from vae.data.split import batches_of
from vae.data.text_batch import TextBatch
from vae.evaluation.hidden_nats import SETTINGS, HiddenNats, hidden_nats
from vae.evaluation.metrics import measure_model


@pytest.fixture(scope="module")
def shards(dataset):
    return Dataset.open(dataset).shards("validation")


def test_a_hidden_piece_costs_more_the_farther_latents_were_moved(fills, shards):
    figures = hidden_nats(fills.module, batches_of(shards, batch_pieces=256, seed=None), seed=0)
    assert [(figure.hidden, figure.level) for figure in figures] == list(SETTINGS)
    near, half, one, far, all_hidden = (figure.nats for figure in figures)
    assert 0 < near < half < one < far
    assert 0 < all_hidden < far


def test_with_all_pieces_hidden_the_nats_are_those_of_the_reconstruction(fills, make_texts):
    """The posteriors are made so sharp that noise does not move the latents."""
    ids, lengths = make_texts(16, 9, 5, vocab_size=fills.module.vocab_size)
    batch = TextBatch.of(ids, lengths)
    network = fills.module
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    with torch.no_grad():
        for head in (network.run_head, network.whole_head):
            head.bias[network.dim :] = -1e9
    latents = network.posterior(batch)
    expected = network.nats(latents.mean, batch).sum() / batch.units
    all_hidden = hidden_nats(network, [batch], seed=0)[-1]
    network.load_state_dict(before)
    assert all_hidden.nats == pytest.approx(expected.item(), rel=0.05)


def test_the_nats_are_0_if_no_piece_is_hidden(fills, make_texts):
    ids, lengths = make_texts(1, 1, vocab_size=fills.module.vocab_size)
    figures = hidden_nats(fills.module, [TextBatch.of(ids, lengths)], seed=0)
    assert figures[0] == HiddenNats(0.15, 0.0, 0.0)
    assert figures[-1].nats > 0


def test_the_figures_follow_from_the_seed_and_leave_the_global_random_state(fills, shards):
    def measure(seed):
        return hidden_nats(fills.module, batches_of(shards, batch_pieces=256, seed=None), seed=seed)

    state = torch.random.get_rng_state()
    assert measure(0) == measure(0) != measure(1)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_metrics_of_a_masked_model_hold_them(fills, shards):
    figures = measure_model(fills, shards, texts=20, iw_texts=4, samples=2)["hidden_nats"]
    assert [(figure["hidden"], figure["level"]) for figure in figures] == list(SETTINGS)
    assert figures[0]["nats"] < figures[3]["nats"]
