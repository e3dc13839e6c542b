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


def test_the_farther_latents_were_moved_the_more_a_hidden_piece_costs(fills, shards):
    found = hidden_nats(fills.module, batches_of(shards, batch_pieces=256, seed=None), seed=0)
    assert [(each.hidden, each.level) for each in found] == list(SETTINGS)
    near, half, one, far, whole = (each.nats for each in found)
    assert 0 < near < half < one < far
    assert 0 < whole < far


def test_all_hidden_is_the_reconstruction_a_piece(fills, make_texts):
    """With posteriors so sharp that noise moves nothing."""
    ids, lengths = make_texts(16, 9, 5, vocab_size=fills.module.vocab_size)
    batch = TextBatch.of(ids, lengths)
    network = fills.module
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    with torch.no_grad():
        for head in (network.run_head, network.whole_head):
            head.bias[network.dim :] = -1e9
    latents = network.posterior(batch)
    expected = network.nats(latents.mean, batch).sum() / batch.units
    found = hidden_nats(network, [batch], seed=0)[-1]
    network.load_state_dict(before)
    assert found.nats == pytest.approx(expected.item(), rel=0.05)


def test_nothing_hidden_costs_nothing(fills, make_texts):
    ids, lengths = make_texts(1, 1, vocab_size=fills.module.vocab_size)
    found = hidden_nats(fills.module, [TextBatch.of(ids, lengths)], seed=0)
    assert found[0] == HiddenNats(0.15, 0.0, 0.0)
    assert found[-1].nats > 0


def test_the_seed_decides_and_the_state_of_chance_stays(fills, shards):
    def measured(seed):
        return hidden_nats(fills.module, batches_of(shards, batch_pieces=256, seed=None), seed=seed)

    state = torch.random.get_rng_state()
    assert measured(0) == measured(0) != measured(1)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_they_are_among_the_figures_of_a_model_that_fills(fills, shards):
    found = measure_model(fills, shards, texts=20, iw_texts=4, samples=2)["hidden_nats"]
    assert [(each["hidden"], each["level"]) for each in found] == list(SETTINGS)
    assert found[0]["nats"] < found[3]["nats"]
