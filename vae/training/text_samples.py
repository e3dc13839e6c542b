"""The sample texts that TensorBoard shows: texts beside their reconstructions, and samples of the prior."""

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
    """Returns Markdown: a table of the first texts of a batch beside what decodes from their means, then samples.

    There are _TEXTS samples of the prior, the same noise each time.
    """
    first = batch[slice(_TEXTS)]
    texts = tokenizer.decode(first.ids.tolist())
    rebuilt = tokenizer.decode(decode(model, model.posterior(first).mean, Decoding(), conditions=first.conditions))
    noise = np.stack([normal((model.slots, model.dim), key=("show", row)) for row in range(_TEXTS)])
    z = model.prior.sample(torch.from_numpy(noise).to(first.ids.device))
    sampled = tokenizer.decode(decode(model, z, Decoding()))
    rows = [f"| {_escaped(text)} | {_escaped(back)} |" for text, back in zip(texts, rebuilt, strict=True)]
    return "\n".join(["| text | rebuilt |", "|---|---|", *rows, "", *(f"- {_escaped(text)}" for text in sampled)])


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
