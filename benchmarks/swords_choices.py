"""Writes files for swords.py: the substitutes of a model for the targets of SWORDS, with their probabilities.

    python benchmarks/swords_choices.py --benchmark swords-v1.1_dev.json.gz --coinco COINCO.jsonl.gz \
        --first OUT/judged.json --free OUT/free.json

The ranker that ships was fitted to these very judgements, and counts what people named in the sentences of CoInCo, from
which SWORDS took its own. So here each target is weighed by a ranker that was fitted without its context (FOLDS folds
of contexts), and what people named in its sentence does not count.

`--first` gets the probabilities of the judged substitutes that are one piece. `--free` gets what `vary` would weigh in
the place: the words of the decoder, and the rewordings and synonyms of the word alone. Both are in the benchmark's
format of results: {"substitutes": {target: [[substitute, probability], ...]}}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.segments import cut
from vae import TextVAE
from vae.language.human_substitutes import count_substitutes
from vae.language.language import language
from vae.teaching.substitute_examples import judged_places
from vae.teaching.substitution_corpora import asked_places, inflected_targets, read_coinco, read_swords
from vae.teaching.train_ranker import calibration, examples, fitted_ranker
from vae.variation.context_window import windows
from vae.variation.guide import Guide
from vae.variation.phrases import rewordings, scored
from vae.variation.ranker import RANKER_COLUMNS, replacement_features
from vae.variation.sampling import Sampling
from vae.variation.synonyms import synonyms_in
from vae.variation.task import Task
from vae.variation.word_proposals import WordProposer
from vae.variation.words import bare, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vae.language.human_substitutes import HumanSubstitutes
    from vae.teaching.substitute_examples import JudgedPlace
    from vae.teaching.substitution_corpora import AskedPlace, Target
    from vae.teaching.train_ranker import RankerExamples
    from vae.variation.replacement import Replacement

RANKER = "full"
FOLDS = 5

Results = dict[str, list[tuple[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, type=Path, metavar="FILE.json.gz")
    parser.add_argument("--coinco", required=True, type=Path, metavar="FILE.jsonl.gz", help="as train_ranker takes it")
    parser.add_argument("--model", default="base-en", metavar="DIR")
    parser.add_argument("--first", type=Path, metavar="FILE.json", help="writes probabilities of judged substitutes")
    parser.add_argument("--free", type=Path, metavar="FILE.json", help="writes what the model names itself")
    args = parser.parse_args()
    torch.set_num_threads(1)
    started = time.process_time()
    model, english = TextVAE.load(args.model), language("en")
    targets = inflected_targets(read_swords(args.benchmark).targets, english)
    asked = list(asked_places(read_coinco(args.coinco), english))
    names = sorted(json_targets(args.benchmark))
    rankers = HeldOutRankers(judged_places(model, targets), asked)
    if args.first:
        owners = {id(each): name for name, target in zip(names, targets, strict=True) for each in target.substitutes}
        write(args.first, rankers.judged(owners))
    if args.free:
        chooser = Chooser(model)
        write(args.free, {name: chooser(target, rankers, asked) for name, target in zip(names, targets, strict=True)})
    print(f"{time.process_time() - started:.0f} s of the processor", file=sys.stderr)


def json_targets(path: Path) -> list[str]:
    """Returns the names of the targets in a file of the benchmark."""
    from swords_benchmark import read_targets  # noqa: PLC0415  (needs WordNet's package)

    return list(read_targets(path))


def write(path: Path, found: Results) -> None:
    """Writes substitutes in the benchmark's format of results; they have the form of their targets."""
    path.write_text(json.dumps({"substitutes_lemmatized": False, "substitutes": found}), encoding="utf-8")
    print(f"{path}: {len(found)} targets, {sum(map(len, found.values()))} substitutes", file=sys.stderr)


class HeldOutRankers:
    """Rankers that were each fitted without the contexts of one fold, which they weigh."""

    def __init__(self, places: Sequence[JudgedPlace], asked: Sequence[AskedPlace]) -> None:
        self._places, self._known = places, examples(RANKER, places, asked, strict=False)
        contexts = sorted({place.context for place in places})
        order = np.random.default_rng(0).permutation(len(contexts))
        self._fold = {contexts[place]: number % FOLDS for number, place in enumerate(order.tolist())}
        self._weights = [fitted_ranker(self._without(fold), RANKER_COLUMNS[RANKER]) for fold in range(FOLDS)]
        logits = [self._logits(place.context, one.rows) for place, one in zip(places, self._known, strict=True)]
        self._shift, self._factor = calibration(logits, self._known)

    def judged(self, owners: dict[int, str]) -> Results:
        """Returns the probability of each judged substitute; `owners` names the target of a substitute by its id."""
        found: Results = {}
        for place, one in zip(self._places, self._known, strict=True):
            weighed = zip(place.substitutes, self.probabilities(place.context, one.rows).tolist(), strict=True)
            found[owners[id(place.substitutes[0])]] = [(each.lemma, p) for each, p in weighed]
        return found

    def probabilities(self, context: str, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the probabilities of rows of features by a ranker that was fitted without their context."""
        found: NDArray[np.float64] = 1 / (1 + np.exp(-self._shift - self._factor * self._logits(context, rows)))
        return found

    def _without(self, fold: int) -> list[RankerExamples]:
        pairs = zip(self._places, self._known, strict=True)
        return [one for place, one in pairs if self._fold[place.context] != fold]

    def _logits(self, context: str, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        constant, weights = self._weights[self._fold.get(context, 0)]
        return constant + rows @ weights


class Chooser:
    """Finds and weighs substitutes of a word, as `vary` does."""

    def __init__(self, model: TextVAE) -> None:
        self._model, self._language = model, language("en")
        self._exchanges = WordProposer(model, Guide.of(model, Sampling()), seed=0)

    def __call__(self, target: Target, rankers: HeldOutRankers, asked: Sequence[AskedPlace]) -> list[tuple[str, float]]:
        """Returns the substitutes of the target; none if it is not a word by itself for the model."""
        words, found = self._replacements(target)
        if not found:
            return []
        named = self._named(target, found, asked)
        rows = replacement_features(RANKER, words, found, self._language, named)
        weighed = rankers.probabilities(target.context, rows)
        return [(" ".join(one.new), float(p)) for one, p in zip(found, weighed, strict=True)]

    def _replacements(self, target: Target) -> tuple[tuple[str, ...], list[Replacement]]:
        (segments,) = cut([target.text], tokenizer=self._model.tokenizer, max_len=self._model.max_len)
        number = len(target.text[: target.start + 1].split()) - 1
        rows = windows([segment.ids for segment in segments], max_len=self._model.max_len)
        for place, (segment, window) in enumerate(zip(segments, rows, strict=True)):
            words = words_of(segment, self._model.tokenizer)
            if number >= len(words):
                number -= len(words)
                continue
            if bare(words.words[number]) != target.text[target.start : target.end].casefold():
                return (), []
            free = [at == number for at in range(len(words))]
            task = Task(segment, target.text, place)
            phrases = rewordings(words, free, self._language)
            phrases += synonyms_in(self._model.tokenizer, self._language).in_place_of_pieces(words, free)
            found = self._exchanges(task, window, words, free, language=self._language)
            return words.words, found + scored(self._model, task, window, words, phrases, seed=0)
        return (), []

    def _named(self, target: Target, found: Sequence[Replacement], asked: Sequence[AskedPlace]) -> HumanSubstitutes:
        lemmas = self._language.lemmas(target.text[target.start : target.end])
        lemmas |= {lemma for one in found for word in one.new for lemma in self._language.lemmas(word)}
        return count_substitutes(
            each.place for each in asked if each.place.lemmas & lemmas and each.sentence not in target.context
        )


if __name__ == "__main__":
    main()
