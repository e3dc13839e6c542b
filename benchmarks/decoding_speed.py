"""Times decoding of 128 latents to 64 pieces each, beside a bare cached loop and Hugging Face `generate`.

All three decode greedily and keep keys and values, in single precision and in bfloat16, in which `TextVAE` decodes
here. The decoder has 3 layers, a width of 256, 4 heads and 8,000 pieces, and attends to 17 vectors. `generate` runs a
BART decoder of that size (and needs `transformers`). Weights are random and the end marker is forbidden, so every row
has 64 pieces. The bare loop must give the same pieces as ours.
"""

from __future__ import annotations

import argparse
import sys
import time
from copy import deepcopy
from statistics import median
from typing import TYPE_CHECKING

import torch
import transformers
from measure import report, versions
from torch.nn import functional
from transformers.modeling_outputs import BaseModelOutput

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.decoding import DECODED_ROWS, Decoding, decode
from vae.hardware import keep_freed_memory
from vae.models.configs import TransformerConfig
from vae.models.transformer import TransformerVAE

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS = (
    ("ours", "bare"),
    ("ours", "generate"),
    ("ours in bf16", "bare in bf16"),
    ("ours in bf16", "generate in bf16"),
    ("ours in bf16", "generate"),
)
RUNS, PIECES, SLOTS, WIDTH, LAYERS, HEADS, VOCAB = 7, 64, 17, 256, 3, 4, 8000


def main() -> None:
    """Runs the sides in turn, and reports the ratios of their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    keep_freed_memory()
    torch.manual_seed(0)
    config = TransformerConfig(width=WIDTH, heads=HEADS, encoder_layers=1, decoder_layers=LAYERS, slots=SLOTS)
    model = TransformerVAE(config, vocab_size=VOCAB, max_len=PIECES).eval()
    with torch.no_grad():
        model.bias[EOS] = -1e9
    z = torch.randn(DECODED_ROWS, SLOTS, config.dim)
    if decode(model, z, Decoding()) != bare(model, z):
        sys.exit("the bare loop gives other pieces")
    half = deepcopy(model).bfloat16()
    sides: dict[str, Callable[[], object]] = {
        "ours": lambda: decode(model, z, Decoding()),
        "bare": lambda: bare(model, z),
        "generate": hugging_face(torch.float32),
        "ours in bf16": lambda: decode(half, z, Decoding()),
        "bare in bf16": lambda: bare(half, z.bfloat16()),
        "generate in bf16": hugging_face(torch.bfloat16),
    }
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for run in range(RUNS + 1):
        for name, side in sides.items():
            started = time.perf_counter()
            side()
            if run:
                speeds[name].append(DECODED_ROWS / (time.perf_counter() - started))
    middle = {name: median(values) for name, values in speeds.items()}
    report(
        {
            "name": "decoding_speed",
            "command": "decoding_speed.py",
            "versions": versions("torch", "transformers"),
            "threads": torch.get_num_threads(),
            "rows_per_second": speeds,
            "ratios": {f"{a} / {b}": round(middle[a] / middle[b], 3) for a, b in PAIRS},
        },
        record=args.record,
        cores_used=torch.get_num_threads(),
    )


@torch.inference_mode()
def bare(model: TransformerVAE, z: torch.Tensor) -> list[list[int]]:
    """Decodes with the same weights, without checks, and with caches that grow by concatenation."""
    contexts, memory = model._contexts(z, 0.0), model._memory(z)  # noqa: SLF001  (the same weights, without the project around them)
    blocks = list(model.decoder)
    crossed = [block.cross.cache(memory) for block in blocks]
    own: list[tuple[torch.Tensor, torch.Tensor] | None] = [None] * len(blocks)
    previous = torch.full((len(z),), BOS)
    pieces = []
    for place in range(PIECES):
        x = model.embedding(previous)[:, None] * WIDTH**0.5 + contexts[:, place : place + 1]
        for number, block in enumerate(blocks):
            normed = block.attention_norm(x)
            keys, values = (_heads(each) for each in block.attention.to_cache(normed).chunk(2, -1))
            past = own[number]
            if past is not None:
                keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
            own[number] = (keys, values)
            x = x + _attend(block.attention, normed, keys, values)
            x = x + _attend(block.cross, block.cross_norm(x), *crossed[number])
            x = x + block.feedforward(block.feedforward_norm(x))
        scores = functional.linear(model.decoder_norm(x)[:, 0], model.embedding.weight, model.bias)
        scores[:, [PAD, UNK, BOS]] = -torch.inf
        previous = scores.argmax(-1)
        pieces.append(previous)
    return [list(row) for row in torch.stack(pieces, 1).tolist()]


def _attend(attention: torch.nn.Module, x: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    attended = functional.scaled_dot_product_attention(_heads(attention.to_queries(x)), keys, values)
    result: torch.Tensor = attention.to_output(attended.transpose(1, 2).flatten(2))
    return result


def _heads(states: torch.Tensor) -> torch.Tensor:
    return states.reshape(*states.shape[:2], HEADS, -1).transpose(1, 2)


def hugging_face(dtype: torch.dtype) -> Callable[[], object]:
    """Returns a call of `generate` for a BART decoder of the same size, without its encoder."""
    size = {"decoder_layers": LAYERS, "decoder_attention_heads": HEADS, "decoder_ffn_dim": 4 * WIDTH}
    special = {"pad_token_id": PAD, "bos_token_id": BOS, "eos_token_id": EOS, "decoder_start_token_id": BOS}
    config = transformers.BartConfig(
        vocab_size=VOCAB,
        d_model=WIDTH,
        encoder_layers=1,
        max_position_embeddings=PIECES + 2,
        forced_eos_token_id=None,
        **size,
        **special,
    )
    model = transformers.BartForConditionalGeneration(config).eval().to(dtype)
    memory = BaseModelOutput(last_hidden_state=torch.randn(DECODED_ROWS, SLOTS, WIDTH, dtype=dtype))
    inputs = {"encoder_outputs": memory, "attention_mask": torch.ones(DECODED_ROWS, SLOTS, dtype=torch.long)}
    lengths = {"min_new_tokens": PIECES, "max_new_tokens": PIECES}

    def generate() -> object:
        with torch.inference_mode():
            return model.generate(**inputs, do_sample=False, num_beams=1, use_cache=True, **lengths)

    return generate


if __name__ == "__main__":
    main()
