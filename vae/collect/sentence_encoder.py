"""Makes the sentence encoder that ships from a folder of the original: all-MiniLM-L6-v2 of Hugging Face."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from safetensors.torch import load_file

from vae.language.bert import Bert, BertConfig, bert_weights
from vae.model_folder.shipped import CHECKSUMS
from vae.model_folder.weights import write_weights


def export(source: Path, output: Path) -> None:
    """Writes 8-bit weights, a tokenizer that neither pads nor truncates, and the checksums of all files in `output`.

    Raises:
        RuntimeError: the original has other sizes.
    """
    config = BertConfig()
    stored = load_file(source / "model.safetensors")
    weights = bert_weights({name.removeprefix("bert."): weight for name, weight in stored.items()}, config.layers)
    Bert(config).load_state_dict(weights)
    output.mkdir(parents=True, exist_ok=True)
    write_weights(output, weights, "int8")
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    plain = json.dumps({**tokenizer, "truncation": None, "padding": None}, ensure_ascii=False, separators=(",", ":"))
    (output / "tokenizer.json").write_text(plain, encoding="utf-8")
    files = sorted(path for path in output.iterdir() if path.is_file() and path.name != CHECKSUMS)
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (output / CHECKSUMS).write_text("".join(sums), encoding="utf-8")


def main() -> None:
    """Exports a folder of all-MiniLM-L6-v2."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("output", type=Path, help="model folder to write")
    args = parser.parse_args()
    export(args.source, args.output)


if __name__ == "__main__":
    main()
