"""Reads CoInCo and SWORDS: words in sentences, with the substitutes that people named or judged for them."""

from __future__ import annotations

import importlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from vae.errors import UserError
from vae.language.human_substitutes import JudgedWord
from vae.teaching.revisions import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vae.language.language import Language

JUDGES = 10
"""How many judges of SWORDS look at a substitute, unless the first three refuse it."""

FORMS = {
    "VERB": ("VB", "VBD", "VBN", "VBG", "VBZ"),
    "NOUN": ("NN", "NNS"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
}
"""The Penn tags of the forms of each part of speech; the first is that of the lemma."""

BEFORE_PARTICIPLES = frozenset({"be", "have"})
"""Where one of the two words before a verb is a form of these, the verb is a participle and not in the past tense.

Most verbs have one form for both.
"""


class CoincoSentence(NamedTuple):
    """A sentence of CoInCo with the text around it; `targets` are words of it, each with its substitutes.

    Substitutes are lemmas, each with the number of people, of six, who named it.
    """

    before: str
    sentence: str
    after: str
    targets: list[tuple[str, Mapping[str, float]]]


class JudgedLemma(NamedTuple):
    """A substitute as SWORDS lists it, the share of its judges who accept it, and how many judged it."""

    lemma: str
    accepted: float
    judges: int


class SwordsTarget(NamedTuple):
    """A word of a passage, from the character `offset` on, with its part of speech and its substitutes."""

    passage: str
    offset: int
    word: str
    part_of_speech: str
    substitutes: list[JudgedLemma]


class Swords(NamedTuple):
    """A split of SWORDS: all its passages, and its targets in order of their ids."""

    passages: list[str]
    targets: list[SwordsTarget]

    @property
    def letters_and_digits(self) -> str:
        """The letters and digits of each passage, one passage a line; a sentence of a passage is found in it."""
        return "\n".join(map(letters_and_digits, self.passages))


class Substitute(NamedTuple):
    """A word or phrase in the form of its target, its lemma, the share of judges who accept it, and their number."""

    words: str
    lemma: str
    accepted: float
    judges: int


@dataclass(frozen=True)
class Target:
    """The word of a text from the character `start` to `end` - 1, with its judged substitutes.

    `context` is the `letters_and_digits` of the text.
    """

    text: str
    start: int
    end: int
    context: str
    substitutes: tuple[Substitute, ...]


class AskedPlace(NamedTuple):
    """The `letters_and_digits` of a sentence of CoInCo, and one of its words with what people named for it."""

    sentence: str
    place: JudgedWord


def read_coinco(path: Path) -> Iterator[CoincoSentence]:
    """Reads the sentences of CoInCo (Kremer et al. 2014) from JSON lines, compressed or not.

    Raises:
        UserError: a line lacks one of the fields.
    """
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                targets = [(target["word"], target["substitutes"]) for target in row["targets"]]
                sentence = CoincoSentence(row["before"], row["sentence"], row["after"], targets)
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}, line {number}: not as CoInCo's lines are: {error!r}") from error
            yield sentence


def read_swords(path: Path) -> Swords:
    """Reads a split of SWORDS (Lee et al. 2021) from its JSON file, compressed or not.

    Raises:
        UserError: the file has another structure.
    """
    try:
        with open_text(path) as file:
            data = json.load(file)
        substitutes: dict[str, list[JudgedLemma]] = defaultdict(list)
        for key, row in data["substitutes"].items():
            labels = data["substitute_labels"][key]
            accepted = sum(label.startswith("TRUE") for label in labels) / len(labels)
            substitutes[row["target_id"]].append(JudgedLemma(row["substitute"], accepted, len(labels)))
        passages = {key: row["context"] for key, row in data["contexts"].items()}
        targets = [
            SwordsTarget(passages[row["context_id"]], row["offset"], row["target"], row["pos"], substitutes[key])
            for key, row in sorted(data["targets"].items())
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: not a file of SWORDS: {error!r}") from error
    return Swords(list(passages.values()), targets)


def inflected_targets(targets: Iterable[SwordsTarget], language: Language) -> list[Target]:
    """Puts the substitutes of each target in its form, and the passages on one line.

    Leaves out substitutes that are the target itself; of lemmas that share a form, the one with most judges stays.
    """
    inflected_ones = []
    for passage, offset, word, part_of_speech, lemmas in targets:
        before = passage[:offset]
        start = len(" ".join(before.split())) + before[-1:].isspace()
        form = _form(word, part_of_speech, before.split()[-2:], language)
        substitutes: dict[str, Substitute] = {}
        for lemma, accepted, judges in lemmas:
            words = inflected(lemma, part_of_speech, form)
            rival = substitutes.get(words)
            if words.lower() != word.lower() and (rival is None or rival.judges < judges):
                substitutes[words] = Substitute(words, lemma, accepted, judges)
        text = " ".join(passage.split())
        context = letters_and_digits(text)
        inflected_ones.append(Target(text, start, start + len(word), context, tuple(substitutes.values())))
    return inflected_ones


def asked_places(sentences: Iterable[CoincoSentence], language: Language) -> Iterator[AskedPlace]:
    """Yields every target of the sentences, as lemmas of the word and of the substitutes that people named."""
    for each in sentences:
        sentence = letters_and_digits(each.sentence)
        for word, substitutes in each.targets:
            named = [language.lemmas(substitute) for substitute in substitutes]
            yield AskedPlace(sentence, JudgedWord(language.lemmas(word), frozenset().union(*named)))


def letters_and_digits(text: str) -> str:
    """Returns the letters and digits of a text in lower case: they tell a sentence whatever its spaces and marks."""
    return re.sub(r"[\W_]+", "", text.lower())


def inflected(lemma: str, part_of_speech: str, form: str) -> str:
    """Returns a lemma in the form of a Penn tag; of a phrase it inflects the first word of a verb, else the last."""
    words = lemma.split()
    place = 0 if part_of_speech == "VERB" else len(words) - 1
    if form != FORMS.get(part_of_speech, (form,))[0]:
        inflections = _lemminflect().getInflection(words[place], form)
        words[place] = inflections[0] if inflections else words[place]
    return " ".join(words)


def _form(word: str, part_of_speech: str, before: Sequence[str], language: Language) -> str:
    """Returns the Penn tag of a word's form; `before` are the two words before it."""
    if part_of_speech not in FORMS:
        return "NN"
    own, *others = FORMS[part_of_speech]
    lemmas: Mapping[str, tuple[str, ...]] = _lemminflect().getAllLemmas(word.lower())
    if word.lower() in lemmas.get(part_of_speech, (word.lower(),)):
        return own
    if part_of_speech == "VERB" and any(BEFORE_PARTICIPLES & language.lemmas(earlier) for earlier in before):
        others.remove("VBD")
    return next(
        (
            form
            for form in others
            if any(word.lower() in _lemminflect().getInflection(lemma, form) for lemma in lemmas[part_of_speech])
        ),
        own,
    )


def _lemminflect() -> Any:
    try:
        return importlib.import_module("lemminflect")
    except ImportError as error:
        raise UserError("to train the ranker install lemminflect: SWORDS lists lemmas, which it inflects") from error
