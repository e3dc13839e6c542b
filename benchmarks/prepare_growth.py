"""Memory and shuffled bytes as a corpus grows tenfold, and what a second worker saves.

python benchmarks/prepare_growth.py --corpora DIR --tokenizer FILE.model

The tenfold corpus is the corpus and nine copies whose lines have their words in another order: other runs of words,
and so no near duplicates, of the same vocabulary.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import EXPORT, FOLDER, ROOT, corpus_figures, in_turn, prepare_command, report, run_on_all_cores, versions

COPIES = 10
RUNS = 3


def shuffled(text: str, draw: random.Random) -> str:
    """The text with the words of each line in another order."""
    lines = []
    for line in text.split("\n"):
        words = line.split(" ")
        draw.shuffle(words)
        lines.append(" ".join(words))
    return "\n".join(lines)


def grown(corpora: Path, folder: Path, *, copies: int) -> Path:
    """So many copies of the corpus, the first as it is."""
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


COUNT_SHUFFLED = """
import sys
from apache_beam.runners.portability.fn_api_runner.execution import GroupingBuffer
counted = {"bytes": 0}
append = GroupingBuffer.append
def counting(self, elements_data):
    counted["bytes"] += len(elements_data)
    append(self, elements_data)
GroupingBuffer.append = counting
from pipelines.cli import main
code = main(sys.argv[1:])
print("shuffled bytes", counted["bytes"])
sys.exit(code)
"""


def shuffled_bytes(command: list[str | Path]) -> int:
    """What goes into all GroupByKeys of the job, as encoded."""
    arguments = [str(part) for part in command[command.index("pipelines.cli") + 1 :]]
    done = subprocess.run(
        [sys.executable, "-c", COUNT_SHUFFLED, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return int(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds both corpora")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--record", action="store_true", help="keep the result in results/")
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

            posts = corpus_read["posts"] * copies
            command = prepare(1)
            figures[f"x{copies}"] = {"shuffled_bytes_per_post": round(shuffled_bytes(command) / posts, 1)}
            taken = in_turn(
                {f"{n} workers": lambda n=n: run_on_all_cores(prepare(n)) for n in (1, 2)},
                runs=RUNS if copies == 1 else 1,
            )
            figures[f"x{copies}"].update({name: [vars(run) for run in runs] for name, runs in taken.items()})
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
