from __future__ import annotations

import json
import re
import sys
from datetime import date, time
from typing import Any, Final

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Value = str | list[str]

_FENCED = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*\n(?P<block>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_BRACED = re.compile(r"\{[ \t]*\n(?P<block>.*?)^\}[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[ \t]*[\"']?[\w-]+[\"']?[ \t]*(?::|=)(?:\s|$)", re.MULTILINE)
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_BEFORE = re.compile(r"[\ufeff\s]*")
_NESTING = ("[", "{", "- ", "? ")
_NESTING_LIMIT: Final = 1000
"""libyaml's composer recurses in C: deeper nesting overflows a 512 KiB stack and kills the process (PyYAML 6.0)."""
_BLOCK_LIMIT: Final = 1 << 16
_YAML_NULLS = frozenset({"~", "null", "Null", "NULL"})
_NAME_KEYS = ("name", "display_name", "title", "login")
_BROKEN = (yaml.YAMLError, ValueError, RecursionError)


def parse_front_matter(text: str) -> tuple[dict[str, Value], str]:
    r"""Splits YAML (`---`), TOML (`+++`) or JSON front matter off a text with `\n` line ends.

    Returns:
        The fields, keys in lower case and every value a string or a list of strings (of two YAML or JSON fields
        of one name the last), and the body. Broken front matter gives no fields, and the body all the same. A
        text that merely opens with a rule (`---`) is all body.
    """
    start = _BEFORE.match(text).end()  # type: ignore[union-attr]  # the pattern matches nothing, too
    if text.startswith("{", start):
        return _parse_json(text, start)
    fenced = _FENCED.match(text, start)
    if fenced is None:
        return {}, text
    block = fenced["block"]
    try:
        fields = _load_yaml(block) if fenced["fence"] == "---" else tomllib.loads(block)
    except _BROKEN:
        fields = {} if _KEY.search(block) else None
    if not isinstance(fields, dict):
        return {}, text
    return _plain_fields(fields), text[fenced.end() :]


def _load_yaml(block: str) -> Any:
    if len(block) > _BLOCK_LIMIT or sum(map(block.count, _NESTING)) > _NESTING_LIMIT:
        raise ValueError
    # The base loader leaves every scalar the string that was written: a date is not moved to UTC, nor `no` a bool.
    try:
        return yaml.load(block, yaml.CBaseLoader) or {}  # noqa: S506 - constructs strings, lists and dicts alone
    except yaml.YAMLError:
        if "\t" not in block:
            raise
        return yaml.load(block.expandtabs(2), yaml.CBaseLoader) or {}  # noqa: S506 - as above


def _parse_json(text: str, start: int) -> tuple[dict[str, Value], str]:
    try:
        fields, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except _BROKEN:
        braced = _BRACED.match(text, start)
        return {}, text[braced.end() :] if braced and _KEY.search(braced["block"]) else text
    line_end = _LINE_END.match(text, end)
    return (_plain_fields(fields), text[line_end.end() :]) if line_end else ({}, text)


def _plain_fields(fields: dict[Any, Any]) -> dict[str, Value]:
    if isinstance(taxonomies := fields.get("taxonomies"), dict):  # where Zola keeps tags and categories
        fields = {**fields, **taxonomies}
    return {str(key).strip().lower(): _plain(value) for key, value in fields.items()}


def _plain(value: Any) -> Value:
    if isinstance(value, list):
        return [text for item in value if (text := _plain_item(item))]
    return _plain_item(value)


def _plain_item(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in _NAME_KEYS if key in value), None)
    if value is None or isinstance(value, (dict, list)) or value in _YAML_NULLS:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, time)):
        return value.isoformat()
    words = " ".join(str(value).split())
    return words.encode("utf-8", "replace").decode()  # JSON may escape half a surrogate pair
