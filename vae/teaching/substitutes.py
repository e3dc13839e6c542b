"""Substitutes that people wrote or judged in context: CoInCo to learn from, SWORDS to measure on."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizer.tokenizer import EOS, WORD_START
from vae.errors import UserError
from vae.teaching.infilling import Example, around
from vae.teaching.revisions import open_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tokenizer.tokenizer import Tokenizer
    from vae.language.lexicon import Lexicon, Reading

_CONTEXT = 60
"""Characters of a judged passage that are read on each side of its target."""

_FEWEST = 3
"""Judged substitutes a target has, so that a choice among them says something."""

JOINS = frozenset("-'’")
"""Marks before which a word does not end."""

_PLAIN = re.compile(WORD_START + r"[^\W\d_]+(?:-[^\W\d_]+)?")


@dataclass(frozen=True)
class Judged:
    """A place in a text, as an Example, and what share of the judges accepts each piece that may stand there."""

    example: Example
    accepted: Mapping[int, float]


class Forms:
    """The pieces of a vocabulary that are whole words in lower case, by what words they are forms of."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Lexicon) -> None:
        self.tokenizer, self.lexicon = tokenizer, lexicon
        self.pieces = {piece: number for number, piece in enumerate(tokenizer.pieces)}
        self._forms: dict[Reading, list[int]] = defaultdict(list)
        for piece, number in self.pieces.items():
            if _PLAIN.fullmatch(piece) and piece == piece.lower():
                for reading in lexicon.readings(piece.removeprefix(WORD_START)):
                    self._forms[reading].append(number)

    def piece(self, word: str) -> int | None:
        """The piece that is this word, if there is one."""
        return self.pieces.get(WORD_START + word)

    def instead(self, word: str, lemmas: Mapping[str, float]) -> dict[int, float]:
        """Of words as in a dictionary, with a number each: the pieces that are them in the form of `word`."""
        own = self.piece(word)
        found: dict[int, float] = defaultdict(float)
        for reading in self.lexicon.readings(word):
            for lemma, number in lemmas.items():
                for piece in self._forms.get(reading._replace(lemma=lemma.lower()), ()):
                    if piece != own:
                        found[piece] = max(found[piece], number)
        return dict(found)


def read_coinco(path: Path, forms: Forms, *, longest: int, left_out: str = "") -> Iterator[Example]:
    """Places of CoInCo (Kremer et al. 2014) whose word and a substitute are single pieces.

    Args:
        path: JSON lines with `before`, `sentence`, `after` and `targets`, each a `word` with its `substitutes` and how
            many of six people thought of them.
        forms: inflect the substitutes, which are given as in a dictionary.
        longest: pieces of a text.
        left_out: sentences that are in this text, as `letters_and_digits` gives it, are not read.

    Raises:
        UserError: a line is something else.
    """
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                sentence, targets = row["sentence"], row["targets"]
                before, after = row["before"], row["after"]
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}, line {number}: not as CoInCo's lines are: {error!r}") from error
            if left_out and letters_and_digits(sentence) in left_out:
                continue
            end = 0
            for target in targets:
                word = target["word"]
                start = sentence.find(word, end)
                if start < 0:
                    continue
                end = start + len(word)
                wanted = forms.instead(word, target["substitutes"])
                sides = f"{before} {sentence[:start]}", f"{sentence[end:]} {after}"
                made = _single(sides, word, wanted, forms, longest=longest)
                if made:
                    yield made


def read_swords(path: Path, forms: Forms) -> tuple[list[Judged], str]:
    """Targets of SWORDS (Lee et al. 2021) that are single pieces, and all its passages by `letters_and_digits`.

    What is judged are its substitutes that are single pieces, as given or in the target's form.

    Raises:
        UserError: the file is something else.
    """
    try:
        with open_text(path) as file:
            data = json.load(file)
        shares: dict[str, dict[str, float]] = defaultdict(dict)
        for key, row in data["substitutes"].items():
            labels = data["substitute_labels"][key]
            shares[row["target_id"]][row["substitute"]] = sum(each.startswith("TRUE") for each in labels) / len(labels)
        passages = {key: row["context"] for key, row in data["contexts"].items()}
        targets = [(key, row["context_id"], row["offset"], row["target"]) for key, row in data["targets"].items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: not a file of SWORDS: {error!r}") from error
    judged = []
    for key, passage_key, start, word in sorted(targets):
        passage = passages[passage_key]
        left = " ".join(passage[:start].split())[-_CONTEXT:].partition(" ")[2]
        right = passage[start + len(word) :]
        kept = " ".join(right.split())[:_CONTEXT].rpartition(" ")[0]
        judges = forms.instead(word, shares[key])
        for substitute, share in shares[key].items():
            piece = forms.piece(substitute)
            if piece is not None and substitute != word:
                judges[piece] = share
        sides = f"{left} " if left else "", f" {kept}" if right[:1].isspace() else kept
        made = _single(sides, word, dict.fromkeys(judges, 1.0), forms, longest=4 * _CONTEXT, whole=False)
        if made and len(judges) >= _FEWEST:
            judged.append(Judged(made, judges))
    return judged, "\n".join(map(letters_and_digits, passages.values()))


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text, in lower case: the same for a sentence whatever its spaces and marks."""
    return re.sub(r"\W+", "", text.lower())


def _single(
    sides: tuple[str, str], word: str, wanted: Mapping[int, float], forms: Forms, *, longest: int, whole: bool = True
) -> Example | None:
    """A place of one piece between two texts; None if the word is none, is part of a longer one, or nothing is wanted.

    The end marker follows where the text is `whole`.
    """
    left, right = sides
    piece = forms.piece(word)
    joined = bool(left.strip() and not left[-1].isspace()) or right[:1].isalnum() or right[:1] in JOINS
    if piece is None or not wanted or joined:
        return None
    masked = [forms.tokenizer.protect(" ".join(text.split())).masked for text in (left, word + right)]
    before, after = forms.tokenizer.encode(masked)
    if after[:1] != [piece]:  # the tokenizer cuts it otherwise beside these marks
        return None
    ending = [EOS] if whole else []
    near_left, near_right = around(before, [*after[1:], *ending], longest - 1)
    ids = (*near_left, piece, *near_right)
    return Example(source=ids, ids=ids, first=len(near_left), wanted=(wanted,))
