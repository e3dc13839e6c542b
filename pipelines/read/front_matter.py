from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from pipelines.read.fields.cells import Cell, cell_of
from pipelines.read.other_headers import other_header

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FENCED = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*\n(?P<block>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_BRACED = re.compile(r"\{[ \t]*\n(?P<block>.*?)^\}[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[ \t]*[\"']?[\w-]+[\"']?[ \t]*(?::|=)(?:\s|$)", re.MULTILINE)
_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<q>[\"']?)(?P<key>[\w-]+)(?P=q)[ \t]*[:=][ \t]+(?P<value>\S.*)",
    re.MULTILINE,
)
_HEADER = re.compile(
    r"(?P<block>(?:[A-Za-z][\w .-]{0,40}:(?:[ \t].*)?\n(?:[ \t]+\S.*\n|-[ \t].*\n)*)+)"
    r"(?P<rule>-{3,}[ \t]*(?:\n|\Z))?(?=\s|\Z|(?<=-\n))"
)
_HEADER_LINE = re.compile(r"^(?P<key>[A-Za-z][\w .-]*):(?P<value>[^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.MULTILINE)
_HEADER_KEYS: Final = frozenset(
    "title date author authors category categories tags tag keywords status slug summary lang modified layout draft"
    " published permalink description".split()
)
_COMMENT = re.compile(r"\s#")
_SIMPLE = re.compile(r"(?P<q>[\"'])(?P<quoted>[^\"'\\]*)(?P=q)|(?P<plain>(?!- )[^\s\"'\[{|>&*!%@`#][^\\]*)")
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_BEFORE = re.compile(r"[\ufeff\s]*")
_TOML_LINE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)")
_NESTING = ("[", "{", "- ", "? ")
_NESTING_LIMIT: Final = 1000
"""The most nested brackets. libyaml recurses in C; deeper nesting overflows a stack of 512 KiB and kills the process
(PyYAML 6.0)."""
_BLOCK_LIMIT: Final = 1 << 16
_EXPANDED_NODES: Final = 10_000
"""The most nodes of a block with its aliases written out: more are no front matter."""

_YAML_NULLS = frozenset({"~", "null", "Null", "NULL"})
_BROKEN = (yaml.YAMLError, ValueError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """A text split into its fields, with keys in lower case, and its body.

    `error` says in one line what is broken in the front matter; it is '' if nothing is.
    """

    body: str
    fields: dict[str, Cell] = field(default_factory=dict)
    error: str = ""


def parse_front_matter(text: str) -> FrontMatter:
    r"""Splits YAML (`---`), TOML (`+++`) or JSON front matter off a text with `\n` line ends.

    If two YAML or JSON fields have one name, the last counts. From a broken block the simple fields on one line are
    taken. A text that merely begins with a rule (`---`) is all body.
    """
    start = _BEFORE.match(text).end()  # type: ignore[union-attr]  # the pattern matches nothing, too
    if text.startswith("{", start):
        return _parse_json(text, start)
    if header := other_header(text, start):
        return FrontMatter(fields=header.fields, body=text[header.end :])
    fenced = _FENCED.match(text, start)
    if fenced is None:
        return _parse_header(text, start)
    block, body = fenced["block"], text[fenced.end() :]
    try:
        fields = _load_yaml(block) if fenced["fence"] == "---" else tomllib.loads(block)
        plain = _plain_fields(fields) if isinstance(fields, dict) else None
    except _BROKEN as error:
        if not _KEY.search(block):
            return FrontMatter(body=text)
        message = _parser_message(error, lines_before=text.count("\n", 0, fenced.start("block")))
        return FrontMatter(fields=_fields_on_one_line(block), body=body, error=message)
    return FrontMatter(body=text) if plain is None else FrontMatter(fields=plain, body=body)


def _parse_header(text: str, start: int) -> FrontMatter:
    """Reads lines `Key: value` before the first blank line (Pelican, MultiMarkdown), or before a line `---` (Hexo).

    They must hold a title, or a date and another usual key; else the text merely begins with words and a colon.
    """
    header = _HEADER.match(text, start)
    if header is None:
        return FrontMatter(body=text)
    fields: dict[str, Cell] = {}
    for line in _HEADER_LINE.finditer(header["block"]):
        fields.setdefault(" ".join(line["key"].lower().split()), _plain(" ".join(line["value"].split())))
    named = _HEADER_KEYS.intersection(fields)
    if "title" not in named and not ("date" in named and len(named) > 1):
        return FrontMatter(body=text)
    if header["rule"] and not _HEADER_KEYS.isdisjoint(fields):
        try:
            loaded = _load_yaml(header["block"])
            fields = _plain_fields(loaded) if isinstance(loaded, dict) else fields
        except _BROKEN:
            pass  # the lines as they stand say enough
    return FrontMatter(fields=fields, body=text[header.end() :])


def _load_yaml(block: str) -> Any:
    if len(block) > _BLOCK_LIMIT:
        raise ValueError(f"longer than {_BLOCK_LIMIT} characters")
    if sum(map(block.count, _NESTING)) > _NESTING_LIMIT:
        raise ValueError(f"nested more than {_NESTING_LIMIT} times")
    if "*" in block and "&" in block:
        _check_aliases(block)
    # The base loader leaves every scalar the string that was written: a date is not moved to UTC, nor `no` a bool.
    try:
        return yaml.load(block, yaml.CBaseLoader) or {}  # noqa: S506 - constructs strings, lists and dicts alone
    except yaml.YAMLError:
        if "\t" not in block:
            raise
        return yaml.load(block.expandtabs(2), yaml.CBaseLoader) or {}  # noqa: S506 - as above


def _check_aliases(block: str) -> None:
    """Refuses YAML that grows when its aliases are followed, without following them ("billion laughs").

    Raises:
        ValueError: the aliases come to more than 10,000 nodes, or one is within what it stands for.
        yaml.YAMLError: it is no YAML.
    """
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(block, Loader=yaml.CBaseLoader):
        size = 0
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise ValueError(f"alias {event.anchor} is within itself")
            size = sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor:
                sizes[event.anchor] = size
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            open_nodes.append((event.anchor, total))
            size = 1
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        total += size
        if total > _EXPANDED_NODES:
            raise ValueError(f"aliases that come to more than {_EXPANDED_NODES} nodes")


def _parse_json(text: str, start: int) -> FrontMatter:
    try:
        fields, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        plain = _plain_fields(fields)
    except _BROKEN as error:
        braced = _BRACED.match(text, start)
        if not braced or not _KEY.search(braced["block"]):
            return FrontMatter(body=text)
        message = _parser_message(error, lines_before=0)
        return FrontMatter(fields=_fields_on_one_line(braced["block"]), body=text[braced.end() :], error=message)
    line_end = _LINE_END.match(text, end)
    return FrontMatter(fields=plain, body=text[line_end.end() :]) if line_end else FrontMatter(body=text)


def _parser_message(error: Exception, *, lines_before: int) -> str:
    """The parser's message, with the line of the file where it knows one."""
    line = None
    message = str(error)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line, message = lines_before + error.problem_mark.line + 1, error.problem or message
    elif isinstance(error, json.JSONDecodeError):
        line, message = error.lineno, error.msg
    elif isinstance(error, RecursionError):
        message = "nested too deep"
    elif at := _TOML_LINE.search(message):
        line = lines_before + int(at["line"]) if at["line"] else None
        message = message[: at.start()]
    message = " ".join(message.split())
    return f"line {line}: {message}" if line else message


def _fields_on_one_line(block: str) -> dict[str, Cell]:
    """The simple values that stand on one line with their outermost key."""
    lines = list(_LINE.finditer(block))
    simple = {
        line["key"].lower(): " ".join((value["quoted"] or value["plain"] or "").split())
        for line in lines
        if line["indent"] == lines[0]["indent"] and (value := _SIMPLE.fullmatch(_uncommented(line["value"])))
    }
    return {key: value for key, value in simple.items() if value and value not in _YAML_NULLS}


def _uncommented(value: str) -> str:
    return _COMMENT.split(value, maxsplit=1)[0].rstrip(" \t,")


def _plain_fields(fields: dict[Any, Any]) -> dict[str, Cell]:
    if isinstance(taxonomies := fields.get("taxonomies"), dict):  # where Zola keeps tags and categories
        fields = {**fields, **taxonomies}
    return {str(key).strip().lower(): _plain(cell_of(value)) for key, value in fields.items()}


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return "" if cell in _YAML_NULLS else " ".join(cell.split())
    return [text for item in cell if isinstance(text := _plain(item), str) and text]
