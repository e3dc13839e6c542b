"""All rules: candidates are measured once, and can then be judged by any thresholds."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError, unusable
from pipelines.filters.banned_words import BannedWords
from pipelines.filters.characters import Characters
from pipelines.filters.copy import Copy
from pipelines.filters.cycle import Cycle
from pipelines.filters.default_thresholds import is_on_by_default
from pipelines.filters.drift import Drift
from pipelines.filters.external import External
from pipelines.filters.gopher_quality import GopherQuality
from pipelines.filters.gopher_repetition import GopherRepetition
from pipelines.filters.language_change import LanguageChange
from pipelines.filters.length_ratio import LengthRatio
from pipelines.filters.loop import Loop
from pipelines.filters.personal_data import PersonalData
from pipelines.filters.profanity import Profanity
from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.filters.repetition import Repetition
from pipelines.filters.required_words import RequiredWords
from pipelines.filters.rule import plain_settings
from pipelines.filters.rules_file import Section, read_sections
from pipelines.filters.selection import Selection
from pipelines.filters.similarity import Similarity
from pipelines.filters.unfinished import Unfinished
from pipelines.filters.worst_sentence import WorstSentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement, Rule
    from vae.text_vae import TextVAE

_RULES: dict[str, type[Any]] = {
    kind.name: kind
    for kind in (
        LengthRatio,
        Repetition,
        GopherRepetition,
        GopherQuality,
        Loop,
        Copy,
        Drift,
        Characters,
        Unfinished,
        ProtectedTokens,
        LanguageChange,
        PersonalData,
        Cycle,
        Similarity,
        WorstSentence,
        BannedWords,
        RequiredWords,
        Profanity,
        External,
    )
}
_KINDS = {**_RULES, Selection.name: Selection}
_GONE = dict.fromkeys(
    ("fluency", "leakage"), "went in this release, with the n-grams and passages of training texts; take it out"
)
"""Rules of earlier releases, and the message for a file that names them."""

RULE_NAMES = tuple(_RULES)
"""The name of every rule, in the order in which they judge."""


def load_rules(path: str | None = None) -> tuple[Rule, ...]:
    """The rules that are on, in the order of RULE_NAMES: those of default.yaml as changed by the file at `path`.

    Raises:
        UserError: the file cannot be read, is not YAML, or holds an unknown rule or threshold or an unusable value.
    """
    changes = _read(path)
    rules = [_build(name, changes.get(name)) for name in _RULES]
    return tuple(rule for rule in rules if rule)


def load_selection(path: str | None = None) -> Selection:
    """The settings by which the best candidates are chosen, from the same file. Raises UserError as load_rules."""
    changes = _read(path)
    selection: Selection = _build(Selection.name, changes.get(Selection.name))
    return selection


def measure_all(
    candidates: Sequence[Candidate], rules: Sequence[Rule], model: TextVAE
) -> list[dict[str, float | None]]:
    """For each candidate a value for every name in RULE_NAMES; None if that rule is not given or measures nothing."""
    measured: dict[str, Sequence[float | None]] = {rule.name: rule.measure(candidates, model) for rule in rules}
    nothing = [None] * len(candidates)
    rows = zip(*(measured.get(name, nothing) for name in RULE_NAMES), strict=True)
    return [dict(zip(RULE_NAMES, row, strict=True)) for row in rows]


def failures(scores: Mapping[str, float | None], rules: Sequence[Rule]) -> list[Judgement]:
    """The judgements of the rules that reject a candidate with these scores, in order; none if it passes.

    A rule that measured nothing keeps the candidate.
    """
    values = [(rule, scores.get(rule.name)) for rule in rules]
    judgements = [rule.verdict(value) for rule, value in values if value is not None]
    return [judgement for judgement in judgements if not judgement.kept]


def filter_settings(rules: Sequence[Rule], selection: Selection | None = None) -> dict[str, Any]:
    """Rules and selection as plain data in the form of a rules file: False for a rule that is off."""
    parts: tuple[Any, ...] = (*rules, selection or Selection())
    active = {part.name: plain_settings(part) for part in parts}
    return {name: active.get(name, False) for name in _KINDS}


def _read(path: str | None) -> dict[str, Section]:
    if path is None:
        return {}
    try:
        with FileSystems.open(path) as file:
            content = file.read()
    except (OSError, ValueError) as error:
        raise unusable(f"{path}: the rules cannot be read: {error}; name a YAML file that exists", error) from error
    return read_sections(content, path=path, kinds=_KINDS, gone=_GONE)


def _build(name: str, section: Section | None) -> Any:
    """The rule, or the selection, with its defaults and what a file changes; None for a rule that is off."""
    kind = _KINDS[name]
    if section is None:
        return kind() if is_on_by_default(name) else None
    if not section.on:
        if name == Selection.name:
            raise UserError(f"{section.at}: {name} is no rule and cannot be off; balance: 1 goes by quality alone")
        return None
    missing = [
        field.name for field in fields(kind) if field.default is MISSING and field.name not in section.thresholds
    ]
    if missing:
        raise UserError(f"{section.at}: {name}: {missing[0]} is missing: name it, or turn the rule off")
    try:
        return kind(**section.thresholds)
    except UserError as error:
        raise UserError(f"{section.at}: {name}: {error}") from error
