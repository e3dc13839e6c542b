"""Runs `prepare` beside a peer that has an environment of its own, and reports the result. Two scripts share it."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from made_corpus import make
from measure import (
    TOKENIZER,
    compared,
    corpus_figures,
    few_posts,
    in_turn,
    prepare_command,
    report,
    run_on_one_core,
    versions,
)
from peer_tokenizer import write_peer_tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable

    from measure import Usage

PLAIN: Final = "plain"
"""The folder that the peer writes to in its usual run."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Both sides on one corpus.

    script: what runs the peer's side when it is called with the flag --PEER-side, a corpus, a tokenizer and a folder;
    peer, python: the peer's name, and the Python of its environment;
    corpora, pieces: the folder of exports, and the peer's tokenizer;
    work: a folder for what both sides write.
    """

    script: Path
    peer: str
    python: Path
    corpora: Path
    pieces: Path
    work: Path

    def run_peer(self, corpora: Path, folder: str = PLAIN) -> Usage:
        """Runs the peer's side, which writes to this folder and leaves report.json there."""
        output = self.work / folder
        shutil.rmtree(output, ignore_errors=True)
        return run_on_one_core([self.python, self.script, f"--{self.peer}-side", corpora, self.pieces, output])

    def run_prepare(self, corpora: Path) -> Usage:
        """Runs `prepare` with the same pieces."""
        output = self.work / "dataset"
        shutil.rmtree(output, ignore_errors=True)
        return run_on_one_core(prepare_command(corpora=corpora, tokenizer=TOKENIZER, output=output))

    def report_of(self, folder: str) -> dict[str, Any]:
        """Reads what the peer's side reported."""
        reported: dict[str, Any] = json.loads((self.work / folder / "report.json").read_text(encoding="utf-8"))
        return reported

    def figures(self, *, runs: int) -> dict[str, Any]:
        """Runs both sides in turn, and returns their times, starts and counts."""
        few = few_posts(self.corpora, self.work / "few posts")
        baseline_start, start = self.run_peer(few), self.run_prepare(few)
        sides = {self.peer: lambda: self.run_peer(self.corpora), "prepare": lambda: self.run_prepare(self.corpora)}
        usages = in_turn(sides, runs=runs)
        corpus = corpus_figures(self.corpora)
        manifest = json.loads((self.work / "dataset" / "MANIFEST.json").read_text(encoding="utf-8"))
        ours = versions("blogvae", "apache-beam", "pyarrow", "sentencepiece")
        return {
            "versions": ours | self.report_of(PLAIN)["versions"],
            "corpus": corpus,
            **compared(usages[self.peer], usages["prepare"], corpus=corpus),
            "start": asdict(start),
            "baseline_start": asdict(baseline_start),
            "counts": manifest["counts"],
        }


def compare_with(
    peer: str, script: Path, description: str | None, *, facts: Callable[[Comparison], dict[str, Any]]
) -> None:
    """Compares `prepare` with a peer on the made corpus, as the flags of the script say.

    `facts` returns what the result tells of the peer besides the figures, after all runs.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{peer}", type=Path, required=True, dest="python", help=f"Python of {peer}'s environment")
    parser.add_argument("--mb", type=float, default=25, help="megabytes of content of the corpus that is made")
    parser.add_argument("--runs", type=int, default=2, help="of each side")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    command = f"python benchmarks/{script.name} --{peer} PEERS/bin/python --mb {args.mb:g} --runs {args.runs}"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        comparison = Comparison(
            script=script,
            peer=peer,
            python=args.python.absolute(),
            corpora=make(work / "corpus", megabytes=args.mb),
            pieces=write_peer_tokenizer(TOKENIZER, work / "tokenizer.json"),
            work=work,
        )
        figures = comparison.figures(runs=args.runs)
        result = {"name": script.stem, "command": command, **figures, **facts(comparison)}
        report(result, record=args.record)
