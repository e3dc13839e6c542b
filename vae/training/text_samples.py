"""Texts beside what comes back of them, and samples of the prior, as TensorBoard shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.decode.decoding import Decoding, decode
from vae.latent.noise import normal

if TYPE_CHECKING:
    from tokenizer.tokenizer import Tokenizer
    from vae.data.text_batch import TextBatch
    from vae.models.text_model import TextModel

_TEXTS = 6


@torch.inference_mode()
def show_texts(model: TextModel, batch: TextBatch, *, tokenizer: Tokenizer) -> str:
    """Markdown: the first texts of a batch, each rebuilt from its mean; then as many samples of the prior."""
    first = batch[slice(_TEXTS)]
    rebuilt = tokenizer.decode(decode(model, model.posterior(first).mean, Decoding(), conditions=first.conditions))
    noise = np.stack([normal((model.slots, model.dim), key=("show", row)) for row in range(_TEXTS)])
    z = model.prior.sample(torch.from_numpy(noise).to(first.ids.device))
    sampled = tokenizer.decode(decode(model, z, Decoding()))
    texts = tokenizer.decode(first.ids.tolist())
    pairs = zip(texts, rebuilt, strict=True)
    rows = [f"| {_cell(text)} | {_cell(back)} |" for text, back in pairs]
    return "\n".join(["| text | rebuilt |", "|---|---|", *rows, "", *(f"- {_cell(each)}" for each in sampled)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
