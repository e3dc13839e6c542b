"""Reads rules files: YAML with a section for every rule that they change."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Section(NamedTuple):
    """A rule's section in a file: the thresholds it names, whether the rule is on, and the line it stands in."""

    thresholds: dict[str, Any]
    on: bool
    at: str
    """`file:line`, with which a message begins."""


def read_sections(
    content: bytes | str, *, path: str, kinds: Mapping[str, type], gone: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Section]:
    """The sections of a rules file by rule; each threshold is a field of the rule's class and has its type.

    Args:
        content: what the file holds.
        path: the file's path, for messages.
        kinds: the class of each rule, by name.
        gone: rules of earlier releases, by name, and the message about each.

    Raises:
        UserError: the file is not YAML, or has an unknown rule or threshold or an unusable value; the line is named.
    """
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{path}{_line_of(error)}: not valid YAML, mend it: {' '.join(str(error).split())}") from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise UserError(f"{path}: expected one section a rule, such as `drift: {{maximum: 0.5}}` or `repetition: off`")
    sections: dict[str, Section] = {}
    for key, node in root.value:
        at = f"{path}:{key.start_mark.line + 1}"
        if str(key.value) in gone:
            raise UserError(f"{at}: the rule {key.value} {gone[str(key.value)]}")
        name = _known(key, kinds, at=at, what="rule")
        if name in sections:
            raise UserError(f"{at}: {name} stands twice; leave one")
        sections[name] = _section(node, kinds[name], at=at, name=name, path=path)
    return sections


def _section(node: yaml.Node, kind: type, *, at: str, name: str, path: str) -> Section:
    defaults = {field.name: field.default for field in fields(kind)}
    if not isinstance(node, yaml.MappingNode):
        value = _value(node, at=at)
        if value is None or isinstance(value, bool):
            return Section({}, value is not False, at)
        raise UserError(f"{at}: {name}: expected thresholds, such as {_example(defaults)}, or off, not {value!r}")
    thresholds = {}
    for key, threshold in node.value:
        here = f"{path}:{key.start_mark.line + 1}"
        known = _known(key, defaults, at=f"{here}: {name}", what="threshold")
        thresholds[known] = _checked(_value(threshold, at=here), defaults[known], at=f"{here}: {name}: {known}")
    return Section(thresholds, on=True, at=at)


def _known(key: yaml.Node, names: Collection[str], *, at: str, what: str) -> str:
    name = str(key.value)
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
    raise UserError(f"{at}: there is no {what} {name!r}; {remedy}")


def _value(node: yaml.Node, *, at: str) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: something looks like a date and is none
        raise UserError(f"{at}: not valid YAML, mend it: {' '.join(str(error).split())}") from error


def _checked(value: Any, default: Any, *, at: str) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value):
            return tuple(value)
        raise UserError(f"{at}: expected a list of words, such as [lorem, 'no'], not {value!r}")
    if default is MISSING or isinstance(default, str):
        if isinstance(value, str) and value:
            return value
        raise UserError(f"{at}: expected a name, not {value!r}")
    if value is None and default is None:
        return None
    least = -math.inf if default is None else 0
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value < math.inf:
        return float(value)
    raise UserError(f"{at}: expected a number{_example_number(default)}, not {value!r}")


def _example_number(default: float | None) -> str:
    return "" if default is None else f" of 0 or more, such as {default:g}"


def _line_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _example(defaults: dict[str, Any]) -> str:
    shown = {key: _shown(default) for key, default in defaults.items() if default is not None}
    return "{" + ", ".join(f"{key}: {default}" for key, default in shown.items()) + "}"


def _shown(default: Any) -> str:
    if default is MISSING:
        return "..."
    if default == ():
        return "[]"
    return f"{default:g}" if isinstance(default, int | float) else str(default)
