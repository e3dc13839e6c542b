import argparse

import pytest
import yaml

from vae.commands.command import Command, flags_of, parse, parser_of
from vae.commands.section_text import section_text


def add_arguments(parser):
    parser.add_argument("--input", required=True, metavar="PATH")
    parser.add_argument("--max-len", type=int, default=64)
    parser.add_argument("--kind", choices=("plain", "html"))
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--resume", action="store_true")


COMMAND = Command(name="try", help="a try", add_arguments=add_arguments, run=print, passes_flags=True)


@pytest.fixture
def printed():
    """Returns the section for these flags."""

    def print_section(*flags):
        parser = parser_of(COMMAND)
        return section_text("try", parser, parse(COMMAND, parser, list(flags)))

    return print_section


def test_flags_stand_with_their_values_and_those_without_one_as_comments(printed):
    assert printed("--input", "a: b", "--set", "x=1", "--set=y=2") == (
        "try:\n  input: 'a: b'\n  max_len: 64\n  # kind: plain|html\n  set:\n  - x=1\n  - y=2\n  resume: false\n"
    )


def test_flags_of_beam_keep_their_names(printed):
    section = yaml.safe_load(
        printed(
            "--input=a",
            "--runner=X",
            "--temp_location",
            "gs://b",
            "--streaming",
            "--service_option",
            "a",
            "--service_option=b",
        )
    )["try"]
    beams = {name: section[name] for name in ("runner", "temp_location", "streaming", "service_option")}
    assert beams == {"runner": "X", "temp_location": "gs://b", "streaming": True, "service_option": ["a", "b"]}


@pytest.mark.parametrize(
    "flags",
    [
        (
            "--input",
            "é",
        ),
        ("--input=a", "--set=b=1", "--resume", "--kind=html", "--runner=X", "--max-len=3"),
    ],
)
def test_the_section_gives_the_same_settings_again(printed, flags):
    section = yaml.safe_load(printed(*flags))["try"]
    parser = parser_of(COMMAND)
    again, first = (
        vars(parse(COMMAND, parser, given)) for given in (flags_of(section, parser, where="x"), list(flags))
    )
    assert {**again, "other_flags": " ".join(again["other_flags"]).replace(" ", "=")} == {
        **first,
        "other_flags": " ".join(first["other_flags"]),
    }


def test_a_command_without_flags_has_an_empty_section():
    parser = parser_of(Command(name="bare", help="", add_arguments=lambda _: None, run=print))
    assert section_text("bare", parser, argparse.Namespace()) == "bare:\n"
