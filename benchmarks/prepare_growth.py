"""Measures memory and shuffled bytes as a corpus grows tenfold, and what a second worker saves.

    python benchmarks/prepare_growth.py --corpora CORPORA --tokenizer FILE.model

The tenfold corpus is the corpus and nine copies of it with the words of each line shuffled: the vocabulary stays the
same, and the copies are not near duplicates.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import EXPORT, FOLDER, Usage, corpus_figures, in_turn, prepare_command, report, run_on_all_cores, versions

COPIES = 10
RUNS = 2


def shuffled(text: str, draw: random.Random) -> str:
    """Shuffles the words of each line of a text."""
    lines = []
    for line in text.split("\n"):
        words = line.split(" ")
        draw.shuffle(words)
        lines.append(" ".join(words))
    return "\n".join(lines)


def grown(corpora: Path, folder: Path, *, copies: int) -> Path:
    """Writes this number of copies of the corpus to a folder; only the first keeps the order of words."""
    draw = random.Random(0)
    (folder / FOLDER).mkdir(parents=True)
    for file in sorted((corpora / FOLDER).glob("*.txt")):
        text = file.read_text(encoding="utf-8", errors="replace")
        for copy in range(copies):
            (folder / FOLDER / f"{file.stem}-{copy}.txt").write_text(
                shuffled(text, draw) if copy else text, encoding="utf-8"
            )
    csv.field_size_limit(1 << 30)
    with (folder / EXPORT).open("w", newline="", encoding="utf-8") as into:
        for copy in range(copies):
            with (corpora / EXPORT).open(newline="", encoding="utf-8") as source:
                rows = csv.DictReader(source)
                writer = csv.DictWriter(into, rows.fieldnames or ())
                if not copy:
                    writer.writeheader()
                for row in rows:
                    changed = {"post_id": f"{row['post_id']}-{copy}", "content": shuffled(row["content"], draw)}
                    writer.writerow(row | changed if copy else row)
    return folder


COUNTING = """
import sys
from pathlib import Path
from apache_beam.runners.portability.fn_api_runner.execution import GroupingBuffer
counted = 0
append = GroupingBuffer.append
def counting(self, elements_data):
    global counted
    counted += len(elements_data)
    append(self, elements_data)
GroupingBuffer.append = counting
from pipelines.cli import main
code = main(sys.argv[2:])
Path(sys.argv[1]).write_text(str(counted))
sys.exit(code)
"""


def one_worker(command: list[str | Path], *, count_into: Path) -> Usage:
    """Runs `prepare` with one worker, and writes the number of encoded bytes that went into all its GroupByKeys."""
    arguments = command[command.index("pipelines.cli") + 1 :]
    return run_on_all_cores([sys.executable, "-c", COUNTING, count_into, *arguments])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of govblogs/ and devblogs.csv")
    parser.add_argument("--tokenizer", type=Path, required=True, help="SentencePiece model")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    figures: dict[str, Any] = {}
    corpus_read = corpus_figures(args.corpora)
    with tempfile.TemporaryDirectory() as scratch:
        corpora = {1: args.corpora, COPIES: grown(args.corpora, Path(scratch) / "grown", copies=COPIES)}
        for copies, corpus in corpora.items():

            def prepare(workers: int, *, corpus: Path = corpus) -> list[str | Path]:
                output = Path(tempfile.mkdtemp(dir=scratch)) / "dataset"
                command = prepare_command(
                    corpora=corpus, tokenizer=args.tokenizer, output=output, near_duplicates="report"
                )
                return [*command[:-1], str(workers)]

            counted = Path(scratch) / "counted"
            usages = in_turn(
                {
                    "one worker": lambda: one_worker(prepare(1), count_into=counted),  # noqa: B023 - called at once
                    "two workers": lambda: run_on_all_cores(prepare(2)),
                },
                runs=RUNS if copies == 1 else 1,
            )
            figures[f"x{copies}"] = {
                "shuffled_bytes_per_post": round(int(counted.read_text()) / (corpus_read["posts"] * copies), 1),
                **{name: [vars(run) for run in runs] for name, runs in usages.items()},
            }
    result = {
        "name": "prepare_growth",
        "command": "python benchmarks/prepare_growth.py --corpora CORPORA --tokenizer FILE.model",
        "versions": versions("apache-beam", "pyarrow", "sentencepiece", "blogvae"),
        "corpus": corpus_read,
        **figures,
    }
    report(result, record=args.record, cores_used=2)


if __name__ == "__main__":
    main()
