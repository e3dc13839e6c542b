"""Measures the share of the device's bf16 peak that training reaches, counting only the operations of matrix products.

A piece counts 6 operations (2 forward, 4 backward) for each weight that it is multiplied with, in the linear layers of
encoder and decoder and in the output layer, and 12 * width * (attended length) for each attention layer. A masked model
predicts the hidden pieces alone, so its output layer counts for their share. Looking up embeddings, normalisation and
softmax do not count. Padding does not count either, so the share is of useful work.
"""

from __future__ import annotations

import argparse
import json
import time
from contextlib import nullcontext
from itertools import cycle, islice, repeat
from typing import TYPE_CHECKING

import torch

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.models.configs import MaskedConfig, TransformerConfig
from vae.models.families import text_model
from vae.models.hiding import hidden_words
from vae.models.masked import masked
from vae.settings import load_preset, override
from vae.training.objective import objective

if TYPE_CHECKING:
    from vae.data.text_batch import TextBatch
    from vae.models.text_model import TextModel

PEAK = {"H100": 989e12, "H200": 989e12, "A100": 312e12}
"""Dense bf16 operations a second, as the vendor states them."""
WARM_UP = 10


def main() -> None:
    """Trains for some steps, and prints tokens per second, operations per token, and the share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--preset", default="base")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--peak", type=float, help="operations a second, for a device that is not listed here")
    args = parser.parse_args()
    settings, dataset = override(load_preset(args.preset), args.set), Dataset.open(args.dataset)
    config = settings.model
    if not isinstance(config, MaskedConfig | TransformerConfig):
        parser.error("operations are counted only for the families masked and transformer")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = text_model(config, vocab_size=dataset.tokenizer().vocab_size, max_len=dataset.max_len).to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    longest = [shard for shard in dataset.shards("train") if shard.bucket == dataset.max_len]
    batches = list(islice(Batches(longest, batch_pieces=settings.training.batch_pieces, seed=0), 4))
    batches = [batch.to(device) for batch in batches if len(batch) == len(batches[0])]

    def step(batch: TextBatch) -> int:
        noise = torch.randn(len(batch), model.slots, model.dim, device=device)
        with torch.autocast(device, torch.bfloat16):
            loss = objective(model, batch, settings.objective, noise=noise).cost(0.1) / batch.units
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return batch.units

    with model.compiled() if device == "cuda" else nullcontext():
        for batch in islice(cycle(batches), WARM_UP):
            step(batch)
        _finish(device)
        started = time.perf_counter()
        pieces = sum(step(batch) for batch in islice(cycle(batches), args.steps))
        _finish(device)
    speed = pieces / (time.perf_counter() - started)
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    peak = args.peak or next((value for key, value in PEAK.items() if key in name), None)
    output = config.width * dataset.tokenizer().vocab_size
    if isinstance(config, MaskedConfig):
        operations = operations_of_masked(config, output * predicted_share(model, batches), dataset.max_len)
    else:
        operations = operations_of_transformer(config, output, dataset.max_len)
    result = {"device": name, "tokens_per_second": speed, "operations_a_token": operations}
    print(json.dumps({**result, "share": speed * operations / peak if peak else None}, indent=2))


def predicted_share(model: TextModel, batches: list[TextBatch]) -> float:
    """Returns the share of the pieces that a masked model predicts in training, by drawing what is hidden."""
    begins = masked(model).begins
    hidden = sum(int(hidden_words(batch.ids, begins).sum()) for batch in batches)
    return hidden / sum(batch.units for batch in batches)


def operations_of_masked(config: MaskedConfig, output: float, max_len: int) -> float:
    """Counts the operations, forward and backward, for each piece of a text of max_len pieces.

    `output` is the number of weights of the output layer that a piece is multiplied with on average.
    """
    width, dim, layers = config.width, config.dim, config.encoder_layers + config.decoder_layers
    of_run = (config.usage + config.meaning) * 2 * dim + dim * width
    of_text = width * 2 * dim + dim * width
    return 6 * (layers * 12 * width**2 + of_run + of_text / max_len + output) + 12 * width * max_len * layers


def operations_of_transformer(config: TransformerConfig, output: float, max_len: int) -> float:
    """Counts the operations, forward and backward, for each piece of a text of max_len pieces.

    `output` is the number of weights of the output layer.
    """
    width, dim = config.width, config.dim
    block, crossed = 12 * width**2, 14 * width**2
    weights = config.encoder_layers * block + config.decoder_layers * crossed + output
    slots = config.slots / max_len
    a_slot = width * 2 * dim + dim * width + config.decoder_layers * 2 * width**2
    pooled = width * width + dim * width if config.read == "runs" else 0.0
    attended = repeat(max_len, config.encoder_layers), repeat(max_len / 2, config.decoder_layers)
    lengths = sum(map(sum, attended)) + config.decoder_layers * config.slots
    return 6 * (weights + slots * a_slot + pooled) + 12 * width * lengths


def _finish(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
