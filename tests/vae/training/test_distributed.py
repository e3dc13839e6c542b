"""Two processes make the steps of one."""

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
"""Nothing but z is drawn."""


@pytest.fixture(scope="module")
def dataset(write_dataset, rows, tmp_path_factory):
    """Of 41 rows to train on, of which one is a batch of its own, and one to validate."""
    folder = tmp_path_factory.mktemp("sharing") / "dataset"
    splits = {"train": rows[:41], "validation": rows[60:61], "test": rows[60:80]}
    dataset = Dataset.open(write_dataset(folder, splits))
    assert 1 in map(len, Batches(dataset.shards("train"), batch_pieces=64, seed=0))
    return dataset


@pytest.fixture
def train(dataset, tokenizer, tmp_path):
    """Trains in a folder: the validations and the weights."""

    def train(name, *pairs, split="test"):
        settings = override(load_preset("tiny"), [*STILL, "batch_pieces=64", *pairs])
        torch.manual_seed(0)
        model = text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=16)
        batches = [
            Batches(dataset.shards(each), batch_pieces=64, seed=seed) for each, seed in (("train", 0), (split, None))
        ]
        fitted = fit(model, settings, train=batches[0], validation=batches[1], folder=tmp_path / name, resume=False)
        del fitted.history[0]["tokens_per_second"]
        return fitted.history, model.state_dict()

    return train


@pytest.fixture
def train_in_two(train, in_two_processes, tmp_path):
    """The same in two processes: what both came to."""

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
def test_two_processes_come_to_the_weights_of_one(train, train_in_two, pairs):
    one, two = train("one", *pairs), train_in_two(*pairs)
    for row in (*one[0], *two[0]):
        row.pop("val_nll_iw", None)  # draws other samples
    torch.testing.assert_close(two, one, rtol=1e-3, atol=1e-4)


def test_a_validation_of_fewer_texts_than_processes_is_that_of_one(train, train_in_two):
    pairs = ["monitor=nll_iw", "steps=2"]
    torch.testing.assert_close(
        train_in_two(*pairs, split="validation"), train("one", *pairs, split="validation"), rtol=1e-3, atol=1e-4
    )


def test_one_process_out_of_memory_halves_the_batches_of_both(train, train_in_two, monkeypatch):
    whole, as_it_is = train("one", "free_bits=0"), StepwiseModel.nats

    def nats(self, z, batch):
        if self.training and rank() == 1 and len(batch) > 2:
            raise torch.OutOfMemoryError
        return as_it_is(self, z, batch)

    monkeypatch.setattr(StepwiseModel, "nats", nats)
    torch.testing.assert_close(train_in_two("free_bits=0"), whole, rtol=1e-3, atol=1e-4)


def test_so_it_does_where_free_bits_are_shared(train_in_two, monkeypatch):
    """The one that ran out of memory still answers the other, which waits for its share of the mean."""
    as_it_is = TextModel.posterior

    def posterior(self, batch):
        if self.training and rank() == 1 and len(batch) > 2:
            raise torch.OutOfMemoryError
        return as_it_is(self, batch)

    monkeypatch.setattr(TextModel, "posterior", posterior)
    history, _ = train_in_two("free_bits=0.1")
    assert history[0]["val_objective"] > 0
