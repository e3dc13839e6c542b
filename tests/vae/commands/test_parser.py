import pytest

from vae.commands.parser import CommandParser, config_key, nearest


@pytest.fixture
def parser():
    parser = CommandParser(prog="blogvae try", description="tries", examples=["blogvae try --input posts"])
    parser.add_argument("--input", help="what to read; without it, the sample")
    parser.add_argument("--max-len", type=int, default=64, help="pieces in a segment")
    parser.add_argument("--clean", action="store_true", help="remove the rest")
    parser.add_argument("--ban", action="append", default=[], help="a word")
    return parser


def test_help_shows_the_defaults_that_say_something_and_the_examples(parser):
    text = parser.format_help()
    assert "pieces in a segment (default: 64)" in text
    assert text.count("default") == 1
    assert text.endswith("examples:\n  blogvae try --input posts\n")


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--inptu=x"], "blogvae try: error: unrecognized arguments: --inptu=x; did you mean --input?\n"),
        (["--maxlen", "3"], "blogvae try: error: unrecognized arguments: --maxlen 3; did you mean --max-len?\n"),
        (["--zebra"], "blogvae try: error: unrecognized arguments: --zebra; `blogvae try --help` lists the flags\n"),
        (
            ["--max-len=x"],
            "blogvae try: error: argument --max-len: invalid int value: 'x'; `blogvae try --help` lists the flags\n",
        ),
    ],
)
def test_a_wrong_flag_is_one_line_with_the_nearest_flag(parser, capsys, flags, line):
    with pytest.raises(SystemExit) as raised:
        parser.parse_args(flags)
    assert raised.value.code == 2
    assert capsys.readouterr() == ("", line)


def test_a_parser_knows_its_flags(parser):
    assert [parser.has_flag(flag) for flag in ("--max-len", "--max_len", "--max")] == [True, False, False]


def test_the_nearest_name_is_offered_only_where_one_is_like_it():
    assert nearest("prepair", ["prepare", "train"]) == "prepare"
    assert nearest("cook", ["prepare", "train"]) is None


@pytest.mark.parametrize(
    ("flag", "value", "states"),
    [
        ("--max-len", 64, True),
        ("--max-len", 64.0, True),
        ("--max-len", 65, False),
        ("--max-len", True, False),
        ("--ban", [], True),
        ("--clean", False, True),
        ("--clean", 0, False),
        ("--input", None, False),
        ("--runner", "x", False),
    ],
)
def test_a_value_that_a_flag_has_without_being_given(parser, flag, value, states):
    assert parser.states_default(flag, value) is states


def test_flags_stand_in_the_order_of_the_help_and_have_keys(parser):
    assert [config_key(action) for action in parser.flags()] == ["help", "input", "max_len", "clean", "ban"]


def test_required_flags_can_be_made_optional(parser):
    parser.add_argument("--output", required=True)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--dataset")
    group.add_argument("--text")
    parser.require_nothing()
    assert parser.parse_args([]).output is None
