"""Training in two processes makes the same steps as training in one."""

import pytest
import torch

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.models.families import text_model
from vae.models.text_model import StepwiseModel, TextModel
from vae.settings import load_preset, override
from vae.training.fit import fit
from vae.training.ranks import rank

pytestmark = pytest.mark.slow

STILL = "embedding=16 encoder=16 decoder=16 slots=8 dim=4 dropout=0 word_dropout=0 precision=32-true epochs=1".split()
"""Settings with which z is the only thing drawn at random."""


@pytest.fixture(scope="module")
def dataset(write_dataset, rows, tmp_path_factory):
    """41 rows to train on, one of which is a batch of its own, and one row to validate on."""
    folder = tmp_path_factory.mktemp("sharing") / "dataset"
    splits = {"train": rows[:41], "validation": rows[60:61], "test": rows[60:80]}
    dataset = Dataset.open(write_dataset(folder, splits))
    assert 1 in map(len, Batches(dataset.shards("train"), batch_pieces=64, seed=0))
    return dataset


@pytest.fixture
def train(dataset, tokenizer, tmp_path):
    """Returns a function that trains in a folder and returns the validations and the weights."""

    def train(name, *pairs, split="test"):
        settings = override(load_preset("tiny"), [*STILL, "batch_pieces=64", *pairs])
        torch.manual_seed(0)
        model = text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=16)
        batches = [
            Batches(dataset.shards(name), batch_pieces=64, seed=seed) for name, seed in (("train", 0), (split, None))
        ]
        fitted = fit(model, settings, train=batches[0], validation=batches[1], folder=tmp_path / name, resume=False)
        del fitted.history[0]["tokens_per_second"]
        return fitted.history, model.state_dict()

    return train


@pytest.fixture
def train_in_two(train, in_two_processes, tmp_path):
    """Does the same in two processes, and checks that both end with the same validations and weights."""

    def train_in_two(*args, **options):
        assert in_two_processes(lambda: torch.save(train("two", *args, **options), tmp_path / f"{rank()}.pt")) == [0, 0]
        first, second = (torch.load(tmp_path / f"{number}.pt") for number in (0, 1))
        torch.testing.assert_close(first, second, rtol=0, atol=0)
        return first

    return train_in_two


@pytest.mark.parametrize(
    "pairs",
    [
        ["free_bits=0.05", "beta=1", "anneal=0"],
        ["free_bits=0.3", "beta=1", "anneal=0", "free_bits_over=slot", "ema=0.5"],
        ["free_bits=0", "accumulate=2", "monitor=nll_iw"],
    ],
    ids=["free-bits", "of-slots", "in-parts"],
)
def test_two_processes_end_with_the_weights_of_one(train, train_in_two, pairs):
    one, two = train("one", *pairs), train_in_two(*pairs)
    for row in (*one[0], *two[0]):
        row.pop("val_nll_iw", None)  # the samples are drawn for each process
    torch.testing.assert_close(two, one, rtol=1e-3, atol=1e-4)


def test_a_validation_with_fewer_texts_than_processes_gives_the_same_figures(train, train_in_two):
    pairs = ["monitor=nll_iw", "steps=2"]
    torch.testing.assert_close(
        train_in_two(*pairs, split="validation"), train("one", *pairs, split="validation"), rtol=1e-3, atol=1e-4
    )


def test_one_process_out_of_memory_halves_the_batches_of_both(train, train_in_two, monkeypatch):
    whole, original = train("one", "free_bits=0"), StepwiseModel.nats

    def nats(self, z, batch):
        if self.training and rank() == 1 and len(batch) > 2:
            raise torch.OutOfMemoryError
        return original(self, z, batch)

    monkeypatch.setattr(StepwiseModel, "nats", nats)
    torch.testing.assert_close(train_in_two("free_bits=0"), whole, rtol=1e-3, atol=1e-4)


def test_one_process_out_of_memory_does_not_block_the_other_with_free_bits(train_in_two, monkeypatch):
    """The process that ran out of memory must still join in the sum over processes that the other waits for."""
    original = TextModel.posterior

    def posterior(self, batch):
        if self.training and rank() == 1 and len(batch) > 2:
            raise torch.OutOfMemoryError
        return original(self, batch)

    monkeypatch.setattr(TextModel, "posterior", posterior)
    history, _ = train_in_two("free_bits=0.1")
    assert history[0]["val_objective"] > 0
