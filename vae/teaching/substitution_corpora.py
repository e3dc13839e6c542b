"""Words in sentences with what people named or accepted in their place: the files of CoInCo and of SWORDS."""

from __future__ import annotations

import gzip
import importlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from vae.errors import UserError
from vae.language.human_substitutes import JudgedWord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from vae.language.language import Language

JUDGES = 10
"""How many of SWORDS' judges look at a substitute that is not refused by the first three."""

FORMS = {
    "VERB": ("VB", "VBD", "VBN", "VBG", "VBZ"),
    "NOUN": ("NN", "NNS"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
}
"""The forms of a part of speech, the word itself first."""

BEFORE_PARTICIPLES = frozenset({"be", "have"})
"""A form of one of these, up to one word away, stands before a participle; most verbs have it like the past."""


class Substitute(NamedTuple):
    """A word or phrase in the form of the target, the lemma that was judged, the share of judges, and how many."""

    words: str
    lemma: str
    accepted: float
    judges: int


@dataclass(frozen=True)
class Target:
    """A word of a text, the characters `start` to `end` - 1, with judged substitutes. `context` is one for a text."""

    text: str
    start: int
    end: int
    context: str
    substitutes: tuple[Substitute, ...]


class AskedPlace(NamedTuple):
    """A sentence of CoInCo, letters and digits alone in lower case, and a place of it."""

    sentence: str
    place: JudgedWord


def read_swords(file: Path, language: Language) -> list[Target]:
    """The targets of a split of SWORDS (JSON, gzipped), in order of their ids.

    Substitutes are listed as lemmas; here each has the form of its target.
    """
    told = json.loads(gzip.decompress(file.read_bytes()))
    of_target: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for number, substitute in told["substitutes"].items():
        of_target[substitute["target_id"]].append((substitute["substitute"], told["substitute_labels"][number]))
    found = []
    for number, target in sorted(told["targets"].items()):
        text, word, kind = told["contexts"][target["context_id"]]["context"], target["target"], target["pos"]
        before = text[: target["offset"]]
        start = len(" ".join(before.split())) + before[-1:].isspace()
        form = _form(word, kind, before.split()[-2:], language)
        substitutes: dict[str, Substitute] = {}
        for lemma, labels in of_target[number]:
            words = inflected(lemma, kind, form)
            share = sum(label.startswith("TRUE") for label in labels) / len(labels)
            known = substitutes.get(words)
            if words.lower() != word.lower() and (known is None or known.judges < len(labels)):
                substitutes[words] = Substitute(words, lemma, share, len(labels))
        text = " ".join(text.split())
        found.append(Target(text, start, start + len(word), plain(text), tuple(substitutes.values())))
    return found


def read_coinco(file: Path, language: Language) -> Iterator[AskedPlace]:
    """Every place of the sentences of CoInCo (JSON lines, gzipped)."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            sentence = plain(row["sentence"])
            for target in row["targets"]:
                named = [language.lemmas(substitute) for substitute in target["substitutes"]]
                yield AskedPlace(sentence, JudgedWord(language.lemmas(target["word"]), frozenset().union(*named)))


def plain(text: str) -> str:
    """The letters and digits of a text in lower case, by which sentences are found again."""
    return re.sub(r"[\W_]+", "", text.lower())


def inflected(lemma: str, kind: str, form: str) -> str:
    """A lemma in a form: of a phrase its verb, which is its first word, or its last word of another kind."""
    words = lemma.split()
    place = 0 if kind == "VERB" else len(words) - 1
    if form != FORMS.get(kind, (form,))[0]:
        found = _lemminflect().getInflection(words[place], form)
        words[place] = found[0] if found else words[place]
    return " ".join(words)


def _form(word: str, kind: str, before: Sequence[str], language: Language) -> str:
    """Which form of its lemma a word is."""
    if kind not in FORMS:
        return "NN"
    own, *others = FORMS[kind]
    lemmas: Mapping[str, tuple[str, ...]] = _lemminflect().getAllLemmas(word.lower())
    if word.lower() in lemmas.get(kind, (word.lower(),)):
        return own
    if kind == "VERB" and any(BEFORE_PARTICIPLES & language.lemmas(each) for each in before):
        others.remove("VBD")
    return next(
        (
            form
            for form in others
            if any(word.lower() in _lemminflect().getInflection(lemma, form) for lemma in lemmas[kind])
        ),
        own,
    )


def _lemminflect() -> Any:
    try:
        return importlib.import_module("lemminflect")
    except ImportError as error:
        raise UserError("to train the ranker install lemminflect: SWORDS lists lemmas, which it inflects") from error
