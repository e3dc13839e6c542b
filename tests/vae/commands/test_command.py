import json
import logging
import os
import re
import warnings

import pytest

from vae.commands import command as module
from vae.commands.command import Command, main
from vae.commands.idle_flags import RecordedFlag
from vae.errors import UserError


def command(run=lambda args: None, *, passes_flags=False):
    def add_arguments(parser):
        parser.add_argument("--input", required=True)
        parser.add_argument("--max-len", type=int, default=64, help="pieces in a segment")
        parser.add_argument("--set", action="append", default=[])
        parser.add_argument("--resume", action="store_true")

    return Command(name="try", help="a try", add_arguments=add_arguments, run=run, passes_flags=passes_flags)


def raising(error):
    def run(_args):
        raise error

    return command(run)


@pytest.fixture
def flags():
    """The flags that the command was run with."""
    return {}


@pytest.fixture
def noting(flags):
    return command(lambda args: flags.update(vars(args)))


@pytest.fixture
def config(tmp_path):
    def write(text):
        path = tmp_path / "run.yaml"
        path.write_text(text)
        return ["--config", str(path)]

    return write


def test_success_is_exit_code_0_and_prints_nothing(noting, flags, capsys):
    assert main(noting, ["--input", "posts", "--max-len", "32"]) == 0
    assert (flags["input"], flags["max_len"], flags["resume"]) == ("posts", 32, False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("posts.csv: row 3 is broken; repair it"), 2, "blogvae: posts.csv: row 3 is broken; repair it\n"),
        (UserError("a cause of\n\tmany lines"), 2, "blogvae: a cause of many lines\n"),
        (RuntimeError("it broke"), 1, "blogvae: RuntimeError: it broke (--verbose shows the traceback)\n"),
        (OSError(28, "No space", "a.bin"), 2, "blogvae: a.bin: No space; check the disk and your access to it\n"),
        (OSError("odd"), 1, "blogvae: OSError: odd (--verbose shows the traceback)\n"),
        (
            ConnectionResetError(104, "Reset by peer"),
            1,
            "blogvae: ConnectionResetError: [Errno 104] Reset by peer (--verbose shows the traceback)\n",
        ),
        (KeyboardInterrupt(), 1, "blogvae: interrupted; the same command goes on where it stopped\n"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(error, code, line, capsys):
    assert main(raising(error), ["--input", "posts"]) == code
    errors = capsys.readouterr().err
    assert errors.startswith(line)
    assert errors.count("\n") == 1


@pytest.mark.parametrize(("error", "code"), [(UserError("wrong"), 2), (RuntimeError("wrong"), 1)])
def test_verbose_adds_the_traceback(error, code, capsys, config):
    assert main(raising(error), ["--input", "posts", "--verbose"]) == code
    errors = capsys.readouterr().err
    assert errors.startswith("Traceback")
    assert errors.splitlines()[-1].startswith("blogvae: ")
    assert main(raising(error), ["--input", "posts", *config("try: {verbose: true}")]) == code
    assert capsys.readouterr().err.startswith("Traceback")


@pytest.mark.parametrize(
    "flags", [["--input", "posts", "--inptu", "x"], ["--inp", "posts"], [], ["--input", "posts", "--max-len", "long"]]
)
def test_a_wrong_flag_is_exit_code_2(flags, noting, capsys):
    with pytest.raises(SystemExit) as caught:
        main(noting, flags)
    assert caught.value.code == 2
    assert "blogvae try: error: " in capsys.readouterr().err


def test_unknown_flags_are_passed_on_if_the_command_allows_it():
    seen = {}
    passing = command(lambda args: seen.update(vars(args)), passes_flags=True)
    assert main(passing, ["--input", "posts", "--runner", "X", "--temp_location=gs://y"]) == 0
    assert (seen["input"], seen["other_flags"]) == ("posts", ["--runner", "X", "--temp_location=gs://y"])


def test_the_config_section_gives_flags_and_a_flag_wins(noting, flags, config):
    given = config("try: {input: posts, max_len: 32}\nother: {input: elsewhere}\n")
    assert main(noting, given) == 0
    assert (flags["input"], flags["max_len"]) == ("posts", 32)
    assert main(noting, [*given, "--max-len", "16"]) == 0
    assert (flags["input"], flags["max_len"]) == ("posts", 16)
    assert main(noting, ["--max-len", "16", *given]) == 0
    assert flags["max_len"] == 16


def test_config_values_are_lists_and_switches_too(noting, flags, config):
    assert main(noting, config("try: {input: posts, set: [a=1, b=2], resume: true}")) == 0
    assert (flags["set"], flags["resume"]) == (["a=1", "b=2"], True)
    assert main(noting, config("try: {input: posts, resume: false}")) == 0
    assert flags["resume"] is False


def test_beams_keys_of_a_config_keep_their_underscores(config):
    seen = {}
    passing = command(lambda args: seen.update(vars(args)), passes_flags=True)
    text = "try: {input: posts, max_len: 32, direct_num_workers: 2, no_wait_until_finish: true, experiments: [a, b]}"
    assert main(passing, config(text)) == 0
    assert (seen["input"], seen["max_len"]) == ("posts", 32)
    beams = ["--direct_num_workers", "2", "--no_wait_until_finish", "--experiments", "a", "--experiments", "b"]
    assert seen["other_flags"] == beams


def test_with_print_config_the_settings_are_printed_and_nothing_is_done(noting, flags, config, capsys):
    assert main(noting, [*config("try: {input: posts}"), "--max-len=32", "--print-config"]) == 0
    assert capsys.readouterr().out == "try:\n  input: posts\n  max_len: 32\n  set: []\n  resume: false\n"
    assert flags == {}


def test_with_print_config_nothing_is_required(noting, capsys):
    assert main(noting, ["--print-config"]) == 0
    assert "  # input: INPUT\n" in capsys.readouterr().out


def test_threads_are_limited_before_the_command_imports_anything(noting, flags, monkeypatch):
    monkeypatch.setattr(module, "limit_threads", lambda environment: flags.update(environment=environment))
    assert main(noting, ["--input", "posts"]) == 0
    assert next(iter(flags)) == "environment"
    assert flags["environment"] is os.environ


def test_a_command_may_print_another_config(capsys):
    other = Command(
        name="try", help="", add_arguments=lambda _: None, run=print, config_text=lambda args: "folder: x\n"
    )
    assert main(other, ["--print-config"]) == 0
    assert capsys.readouterr().out == "folder: x\n"


def test_a_default_in_a_config_file_counts_as_not_given(config):
    seen = {}

    def add_arguments(parser):
        parser.add_argument("--beams", type=int, default=4, action=RecordedFlag)

    counting = Command(name="try", help="", add_arguments=add_arguments, run=lambda args: seen.update(vars(args)))
    assert main(counting, config("try: {beams: 4}")) == 0
    assert "given" not in seen
    assert main(counting, config("try: {beams: 5}")) == 0
    assert seen["given"] == {"beams"}


@pytest.mark.parametrize("text", ["other: {input: x}", "try:", "try: {}"])
def test_a_config_without_the_section_gives_no_flags(noting, flags, config, text):
    assert main(noting, [*config(text), "--input", "posts"]) == 0
    assert (flags["input"], flags["max_len"]) == ("posts", 64)


@pytest.mark.parametrize("text", ["try: [", "just words", "- try", "try: 5", "try: {max-len: {a: 1}}", "try: {set: }"])
def test_an_unusable_config_is_2_and_names_the_file(noting, config, capsys, text):
    given = config(text)
    assert main(noting, [*given, "--input", "posts"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"blogvae: {given[1]}")
    assert errors.count("\n") == 1


def test_a_missing_config_is_2_and_names_the_file(noting, tmp_path, capsys):
    path = tmp_path / "none.yaml"
    assert main(noting, ["--input", "posts", "--config", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_an_unknown_key_of_the_config_is_2(noting, config):
    with pytest.raises(SystemExit) as caught:
        main(noting, config("try: {input: posts, width: 3}"))
    assert caught.value.code == 2


def test_the_log_has_a_line_for_each_step_and_libraries_log_errors_only(capsys):
    def run(_args):
        logging.getLogger("blogvae").info("100 posts read")
        logging.getLogger("a.library").warning("a tip")
        logging.getLogger("a.library").error("a failure")

    assert main(command(run), ["--input", "posts"]) == 0
    errors = capsys.readouterr().err
    assert errors.count("100 posts read") == 1
    assert "a tip" not in errors


def test_help_shows_the_defaults(noting, capsys):
    with pytest.raises(SystemExit) as caught:
        main(noting, ["--help"])
    assert caught.value.code == 0
    assert "pieces in a segment (default: 64)" in capsys.readouterr().out


def test_an_argument_that_is_not_utf8_is_the_users_mistake(noting, flags, capsys):
    assert main(noting, ["--input", "caf\udce9 au lait"]) == 2
    assert capsys.readouterr().err == (
        "blogvae: caf\\xe9 au lait is not UTF-8: write it in UTF-8; of a path, give the folder above it\n"
    )
    assert flags == {}


@pytest.fixture
def bounded(flags):
    return Command(
        name="try",
        help="a try",
        add_arguments=lambda parser: parser.add_argument("--bounds"),
        run=lambda args: flags.update(vars(args)),
    )


@pytest.mark.parametrize("given", [["--bounds", "-1,1"], ["--bounds=-1,1"]])
def test_the_first_of_two_numbers_may_be_negative(bounded, flags, config, given):
    assert main(bounded, given) == 0
    assert flags["bounds"] == "-1,1"
    assert main(bounded, config("try: {bounds: '-2,-1.5'}")) == 0
    assert flags["bounds"] == "-2,-1.5"


def json_lines(text):
    """The objects of a log; every line must be one."""
    return [json.loads(line) for line in text.splitlines()]


def working(_args):
    extra = {"counts": {"posts": 100}, "seconds": 2.5}
    logging.getLogger("blogvae").info("%d posts read", 100, extra=extra)
    logging.getLogger("blogvae").warning("caf\xe9\nau lait")
    logging.getLogger("a.library").error("a failure")
    warnings.warn("a tip", stacklevel=1)


@pytest.mark.parametrize("where", ["flag", "config"])
def test_the_log_is_a_json_object_a_line_if_asked_for(capsys, config, where):
    given = ["--log-format=json"] if where == "flag" else config("try: {log_format: json}")
    assert main(command(working), ["--input", "posts", *given]) == 0
    first, second, third = json_lines(capsys.readouterr().err)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "level": "info",
        "step": "try",
        "message": "100 posts read",
        "counts": {"posts": 100},
        "seconds": 2.5,
    }
    assert {name: second[name] for name in second if name != "time"} == {
        "level": "warning",
        "step": "try",
        "message": "caf\xe9\nau lait",
    }
    assert (third["level"], third["message"]) == ("error", "a failure")


@pytest.mark.parametrize(("error", "code"), [(UserError("a cause of\nmany lines"), 2), (RuntimeError("it broke"), 1)])
def test_an_error_is_a_json_object_too_and_has_its_traceback_if_verbose(error, code, capsys):
    assert main(raising(error), ["--input", "posts", "--log-format", "json"]) == code
    (told,) = json_lines(capsys.readouterr().err)
    assert told["level"] == "error"
    assert told["message"].startswith("a cause of many lines" if code == 2 else "RuntimeError: it broke")
    assert "traceback" not in told
    assert main(raising(error), ["--input", "posts", "--log-format", "json", "--verbose"]) == code
    assert json_lines(capsys.readouterr().err)[0]["traceback"].startswith("Traceback")


@pytest.mark.parametrize("flags", [["--inptu", "x"], ["--log-format", "xml"], ["--input", "posts", "--config"]])
def test_a_wrong_flag_is_a_json_object_too(flags, noting, capsys):
    with pytest.raises(SystemExit) as caught:
        main(noting, ["--log-format", "json", *flags] if "xml" not in flags else [*flags, "--log-format", "json"])
    assert caught.value.code == 2
    assert json_lines(capsys.readouterr().err)[0]["level"] == "error"
