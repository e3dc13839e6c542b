from dataclasses import dataclass

import pytest

from pipelines.errors import UserError
from pipelines.filters.rules_file import Section, read_sections


@dataclass(frozen=True, kw_only=True)
class Length:
    """Bounds that have a default."""

    minimum: float = 0.5
    maximum: float = 2


@dataclass(frozen=True, kw_only=True)
class Words:
    """A list."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """A name that must be given, and a bound that may be none."""

    function: str
    minimum: float | None = None


KINDS = {"length": Length, "words": Words, "call": Call}


def read(content):
    return read_sections(content, path="rules.yaml", kinds=KINDS)


def test_a_section_holds_the_thresholds_named_and_its_line():
    assert read("# mine\nlength: {minimum: 1}\n\nwords:\n  words:\n    - a\n    - b c\n") == {
        "length": Section({"minimum": 1.0}, on=True, at="rules.yaml:2"),
        "words": Section({"words": ("a", "b c")}, on=True, at="rules.yaml:4"),
    }


@pytest.mark.parametrize(("value", "on"), [("off", False), ("false", False), ("on", True), ("", True), ("{}", True)])
def test_a_rule_is_on_or_off(value, on):
    assert read(f"length: {value}") == {"length": Section({}, on=on, at="rules.yaml:1")}


def test_a_name_and_a_bound_that_may_be_none():
    assert read("call: {function: 'a.b:c', minimum: null}")["call"].thresholds == {
        "function": "a.b:c",
        "minimum": None,
    }
    assert read("call: {minimum: -3}")["call"].thresholds == {"minimum": -3.0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("\nlenght: {minimum: 1}", "rules.yaml:2: there is no rule 'lenght'; did you mean 'length'?"),
        ("sibling: off", "rules.yaml:1: there is no rule 'sibling'; there are length, words, call"),
        (
            "length:\n  maximum: 1\n  min: 1",
            "rules.yaml:3: length: there is no threshold 'min'; did you mean 'minimum'?",
        ),
        ("words: {maximum: 1}", "rules.yaml:1: words: there is no threshold 'maximum'; there are words"),
        ("words: off\nwords: on", "rules.yaml:2: words stands twice; leave one"),
        (
            "words: off\nlength: 0.5",
            "rules.yaml:2: length: expected thresholds, such as {minimum: 0.5, maximum: 2}, or off, not 0.5",
        ),
        ("words: [a]", "rules.yaml:1: words: expected thresholds, such as {words: []}, or off, not ['a']"),
        ("call: 'a:b'", "rules.yaml:1: call: expected thresholds, such as {function: ...}, or off, not 'a:b'"),
        *[
            (
                f"length:\n  minimum: {value}",
                f"rules.yaml:2: length: minimum: expected a number of 0 or more, such as 0.5, not {shown}",
            )
            for value, shown in [
                ("high", "'high'"),
                ("yes", "True"),
                ("-1", "-1"),
                (".nan", "nan"),
                (".inf", "inf"),
                ("", "None"),
                ("[1]", "[1]"),
            ]
        ],
        ("call: {minimum: .nan}", "rules.yaml:1: call: minimum: expected a number, not nan"),
        ("call: {function: }", "rules.yaml:1: call: function: expected a name, not None"),
        ("words: {words: a}", "rules.yaml:1: words: words: expected a list of words, such as [lorem, 'no'], not 'a'"),
        (
            "words: {words: [no]}",
            "rules.yaml:1: words: words: expected a list of words, such as [lorem, 'no'], not [False]",
        ),
        (
            "words: {words: [' ']}",
            "rules.yaml:1: words: words: expected a list of words, such as [lorem, 'no'], not [' ']",
        ),
        ("- length", "rules.yaml: expected one section a rule, such as `drift: {maximum: 0.5}` or `repetition: off`"),
    ],
)
def test_a_mistake_names_the_line_what_was_expected_and_the_nearest_name(content, told):
    with pytest.raises(UserError) as caught:
        read(content)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("length: {minimum: 1", ":1"),
        ("words: off\nlength: 2023-13-45", ":2"),
        (b"length: \xff", ""),
        ("length: on\na: b: c", ":2"),
        ("length: !!python/name:os.system x", ":1"),
    ],
)
def test_broken_yaml_is_told_as_such(content, line):
    with pytest.raises(UserError) as caught:
        read(content)
    assert str(caught.value).startswith(f"rules.yaml{line}: not valid YAML, mend it: ")
    assert "\n" not in str(caught.value)
