import numpy as np
import pytest
import torch

from tokenizer.protect import protect
from tokenizer.tokenizer import EOS
from vae.data.text_batch import TextBatch
from vae.latent.noise import normal
from vae.training import text_samples
from vae.training.text_samples import show_texts


@pytest.fixture
def model(make_module, tokenizer):
    return make_module(vocab_size=tokenizer.vocab_size)


@pytest.fixture
def batch(tokenizer):
    rows = tokenizer.encode([protect(f"The cat {verb}.").masked for verb in ("paints", "cleans")] * 4)
    ids = torch.zeros(len(rows), 16, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row) + 1] = torch.tensor([*row, EOS])
    return TextBatch.of(ids, torch.tensor([len(row) + 1 for row in rows]))


@pytest.fixture
def decode_as(tokenizer, monkeypatch):
    """Returns a function that makes the decoder write a given text for each latent; returns the latents it is given."""

    def decode_as(text):
        latents = []

        def decode(_model, z, *_args, **_options):
            latents.append(z)
            return tokenizer.encode([text] * len(z))

        monkeypatch.setattr(text_samples, "decode", decode)
        return latents

    return decode_as


def test_six_texts_stand_beside_their_reconstructions_above_six_samples(model, batch, tokenizer, decode_as):
    decode_as("The dog prints.")
    cells = [f"| The cat {verb}. | The dog prints. |" for verb in ("paints", "cleans")]
    expected = ["| text | rebuilt |", "|---|---|", *cells * 3, "", *["- The dog prints."] * 6]
    assert show_texts(model, batch, tokenizer=tokenizer).splitlines() == expected


def test_means_and_samples_of_the_prior_are_decoded(model, batch, tokenizer, decode_as):
    latents = decode_as("The dog prints.")
    show_texts(model, batch, tokenizer=tokenizer)
    noise = np.stack([normal((4, 6), key=("show", row)) for row in range(6)])
    torch.testing.assert_close(latents[0], model.posterior(batch[slice(6)]).mean)
    torch.testing.assert_close(latents[1], model.prior.sample(torch.from_numpy(noise)))


def test_signs_that_markdown_reads_are_escaped(model, batch, tokenizer, decode_as, monkeypatch):
    decode_as("The dog prints.")
    monkeypatch.setattr(type(tokenizer), "decode", lambda _self, rows: ["a|b <num>"] * len(rows))
    lines = show_texts(model, batch, tokenizer=tokenizer).splitlines()
    assert lines[2] == "| a\\|b &lt;num> | a\\|b &lt;num> |"
    assert lines[-1] == "- a\\|b &lt;num>"
