from __future__ import annotations

import math
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.filters.banned_words import BannedWords
from pipelines.filters.characters import Characters
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.length_ratio import LengthRatio
from pipelines.filters.loop import Loop
from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.filters.repetition import Repetition
from pipelines.filters.required_words import RequiredWords
from pipelines.filters.sibling import Sibling
from pipelines.filters.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.filters.rule import Candidate, Judgement, Rule

_KINDS: dict[str, Callable[..., Rule]] = {
    kind.name: kind
    for kind in (
        LengthRatio,
        Repetition,
        Loop,
        Copy,
        Drift,
        Sibling,
        Characters,
        Unfinished,
        ProtectedTokens,
        BannedWords,
        RequiredWords,
    )
}
_DEFAULTS: dict[str, dict[str, Any]] = yaml.safe_load(
    resources.files("pipelines.filters").joinpath("default.yaml").read_text(encoding="utf-8")
)


RULE_NAMES = tuple(_KINDS)
"""Every rule there is, in the order of judgement."""


def load_rules(path: str | None = None) -> tuple[Rule, ...]:
    """The rules of default.yaml as changed by the YAML file at `path`, in a fixed order; without those that are off.

    Raises:
        UserError: the file cannot be read, is not YAML, or holds an unknown rule or threshold or an unusable value.
    """
    changes = {} if path is None else _read(path)
    for name in changes:
        if name not in _KINDS:
            raise UserError(f"{path}: there is no rule {name!r}; the rules are {', '.join(_KINDS)}")
    return tuple(
        kind(**_settings(name, changes.get(name), path=path))
        for name, kind in _KINDS.items()
        if changes.get(name) is not False
    )


def judge(candidate: Candidate, rules: Sequence[Rule]) -> list[Judgement]:
    """Every rule's judgement, in the order of the rules; a candidate is accepted if all of them keep it."""
    return [rule.judge(candidate) for rule in rules]


def settings_of(rules: Sequence[Rule]) -> dict[str, Any]:
    """The rules as plain data, in the form of a rules file: every threshold by rule, False for a rule that is off."""
    active = {rule.name: rule for rule in rules}
    return {
        name: {key: _plain(getattr(active[name], key)) for key in thresholds} if name in active else False
        for name, thresholds in _DEFAULTS.items()
    }


def _read(path: str) -> dict[Any, Any]:
    try:
        with FileSystems.open(path) as file:
            content = file.read()
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: the rules cannot be read: {error}; name a YAML file that exists") from error
    try:
        changes = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: what looks like a date and is none
        raise UserError(f"{path}: not valid YAML, mend it: {' '.join(str(error).split())}") from error
    if changes is None:
        return {}
    if not isinstance(changes, dict):
        raise UserError(f"{path}: expected one entry a rule, such as `drift: {{maximum: 0.5}}` or `sibling: off`")
    return changes


def _settings(name: str, change: Any, *, path: str | None) -> dict[str, Any]:
    if change is None or change is True:
        change = {}
    if not isinstance(change, dict):
        raise UserError(f"{path}: {name}: expected thresholds, such as {_example(name)}, or off, not {change!r}")
    known = _DEFAULTS[name]
    for key in change:
        if key not in known:
            raise UserError(f"{path}: {name}: there is no threshold {key!r}; it has {', '.join(known)}")
    return {
        key: _checked(change.get(key, default), default, at=f"{path}: {name}: {key}") for key, default in known.items()
    }


def _checked(value: Any, default: Any, *, at: str) -> float | tuple[str, ...]:
    if isinstance(default, list):
        if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value):
            return tuple(value)
        raise UserError(f"{at}: expected a list of words, such as [lorem, 'no'], not {value!r}")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    raise UserError(f"{at}: expected a number of 0 or more, such as {default}, not {value!r}")


def _example(name: str) -> str:
    return "{" + ", ".join(f"{key}: {default}" for key, default in _DEFAULTS[name].items()) + "}"


def _plain(value: float | tuple[str, ...]) -> float | list[str]:
    return list(value) if isinstance(value, tuple) else value
