"""What a model would write for the targets of SWORDS, and how probably people accept it, as a file for swords.py.

    python benchmarks/swords_choices.py --benchmark swords-v1.1_dev.json.gz --output OUT/free.json

A target stands in its own context, cut as `vary` cuts a text. Its substitutes are all that `vary` would weigh for the
place, the words of the decoder and the rewordings and synonyms that hold the word alone, each with the probability of
the ranker. The benchmark's format of results: {"substitutes": {target: [[substitute, probability], ...]}}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from swords_benchmark import read_targets

from tokenizer.segments import cut
from vae import TextVAE
from vae.guide import Guide
from vae.language.language import language
from vae.variation.exchanges import Exchanges
from vae.variation.phrases import scored
from vae.variation.ranker import Ranker
from vae.variation.rewordings import rewordings
from vae.variation.sampling import Sampling
from vae.variation.synonyms import synonyms
from vae.variation.task import Task
from vae.variation.window import windows
from vae.variation.words import bare, words_of

if TYPE_CHECKING:
    from swords_benchmark import Scored, Target

LANGUAGE = "en"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, type=Path, metavar="FILE.json.gz")
    parser.add_argument("--model", default="base-en", metavar="DIR")
    parser.add_argument("--limit", type=int, help="the first so many targets")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    targets = list(read_targets(args.benchmark).values())[: args.limit]
    started = time.process_time()
    chooser = Chooser(TextVAE.load(args.model))
    found = {target.name: chooser(target) for target in targets}
    args.output.write_text(json.dumps({"substitutes_lemmatized": False, "substitutes": found}), encoding="utf-8")
    took = time.process_time() - started
    print(f"{len(found)} targets, {sum(map(len, found.values()))} substitutes, {took:.0f} s", file=sys.stderr)


class Chooser:
    """Weighs what might stand for a word, as `vary` does."""

    def __init__(self, model: TextVAE) -> None:
        self._model, self._language = model, language(LANGUAGE)
        self._exchanges = Exchanges(model, Guide.of(model, Sampling()), seed=0)
        self._ranker = Ranker.of(self._language)

    def __call__(self, target: Target) -> Scored:
        """The substitutes of the word alone; none where the model takes it for a part of something else."""
        text = " ".join(target.context.split())
        ((*segments,),) = cut([text], tokenizer=self._model.tokenizer, max_len=self._model.max_len)
        number = len(target.context[: target.offset].split())
        rows = windows([segment.ids for segment in segments], max_len=self._model.max_len)
        for place, (segment, window) in enumerate(zip(segments, rows, strict=True)):
            words = words_of(segment, self._model.tokenizer)
            if number >= len(words):
                number -= len(words)
                continue
            if bare(words.words[number]) != target.word.lower():
                return []
            free = [at == number for at in range(len(words))]
            task = Task(segment, target.name, place)
            found = self._exchanges(task, window, words, free, language=self._language)
            phrases = rewordings(words, free, self._language)
            phrases += synonyms(words, free, self._language, self._model.tokenizer)
            found += scored(self._model, task, window, words, phrases, seed=0)
            weighed = self._ranker.full(words.words, found) if found else []
            return [(" ".join(one.new), float(p)) for one, p in zip(found, weighed, strict=True)]
        return []


if __name__ == "__main__":
    main()
