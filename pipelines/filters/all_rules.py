"""Every rule there is: candidates are measured once, and judged by any thresholds afterwards."""

from __future__ import annotations

from dataclasses import MISSING, asdict, fields
from importlib import resources
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.filters.banned_words import BannedWords
from pipelines.filters.characters import Characters
from pipelines.filters.copy import Copy
from pipelines.filters.cycle import Cycle
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
"""Rules of earlier releases, and what is told of them."""

_DEFAULTS = read_sections(
    resources.files("pipelines.filters").joinpath("default.yaml").read_bytes(), path="default.yaml", kinds=_KINDS
)

RULE_NAMES = tuple(_RULES)
"""Every rule there is, in the order of judgement."""


def load_rules(path: str | None = None) -> tuple[Rule, ...]:
    """The rules of default.yaml as changed by the YAML file at `path`, in a fixed order; without those that are off.

    Raises:
        UserError: the file cannot be read, is not YAML, or holds an unknown rule or threshold or an unusable value.
    """
    changes = _read(path)
    rules = [_made(name, changes.get(name)) for name in _RULES]
    return tuple(rule for rule in rules if rule)


def load_selection(path: str | None = None) -> Selection:
    """How the best of the survivors are chosen, by the same file. Raises UserError as load_rules does."""
    changes = _read(path)
    selection: Selection = _made(Selection.name, changes.get(Selection.name))
    return selection


def measure_all(
    candidates: Sequence[Candidate], rules: Sequence[Rule], model: TextVAE
) -> list[dict[str, float | None]]:
    """Of each candidate, the value of every rule there is; None for those not given or not measured."""
    measured: dict[str, Sequence[float | None]] = {rule.name: rule.measure(candidates, model) for rule in rules}
    nothing = [None] * len(candidates)
    rows = zip(*(measured.get(name, nothing) for name in RULE_NAMES), strict=True)
    return [dict(zip(RULE_NAMES, row, strict=True)) for row in rows]


def decide(scores: Mapping[str, float | None], rules: Sequence[Rule]) -> list[Judgement]:
    """The judgement of every rule that measured something, in their order; accepted if all of them keep it."""
    values = [(rule, scores.get(rule.name)) for rule in rules]
    return [rule.verdict(value) for rule, value in values if value is not None]


def settings_of(rules: Sequence[Rule], selection: Selection | None = None) -> dict[str, Any]:
    """Rules and selection as plain data, in the form of a rules file: False for a rule that is off."""
    parts: tuple[Any, ...] = (*rules, selection or Selection())
    active = {part.name: _plain(asdict(part)) for part in parts}
    return {name: active.get(name, False) for name in _KINDS}


def _read(path: str | None) -> dict[str, Section]:
    if path is None:
        return {}
    try:
        with FileSystems.open(path) as file:
            content = file.read()
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: the rules cannot be read: {error}; name a YAML file that exists") from error
    return read_sections(content, path=path, kinds=_KINDS, gone=_GONE)


def _made(name: str, changes: Section | None) -> Any:
    """The rule, or the selection, by its defaults and what a file changes; None for a rule that is off."""
    kind, section = _KINDS[name], changes or _DEFAULTS[name]
    if not section.on:
        if name == Selection.name:
            raise UserError(f"{section.at}: {name} is no rule and cannot be off; balance: 1 goes by quality alone")
        return None
    thresholds = _DEFAULTS[name].thresholds | section.thresholds
    missing = [field.name for field in fields(kind) if field.default is MISSING and field.name not in thresholds]
    if missing:
        raise UserError(f"{section.at}: {name}: {missing[0]} is missing: name it, or turn the rule off")
    try:
        return kind(**thresholds)
    except UserError as error:
        raise UserError(f"{section.at}: {name}: {error}") from error


def _plain(thresholds: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in thresholds.items()}
