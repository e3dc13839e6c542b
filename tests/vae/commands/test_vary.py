import gc
import io
import re
import subprocess
import sys

import pytest

from vae.commands.command import main
from vae.commands.vary import COMMAND

pytestmark = pytest.mark.slow

TEXT = "The brighter birds prints 34 kettle. Window prints."
ANY = ("--change", "0.5", "--at-least", "0", "--seed", "3")
"""Flags that accept any exchange, as the test model knows next to nothing."""


def vary(capsys, *flags):
    code = main(COMMAND, list(flags))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


def test_each_variation_is_a_line_after_its_share_of_change(trained, capsys):
    code, lines, _ = vary(capsys, TEXT, "--model", str(trained), "-n", "4", *ANY)
    assert (code, len(lines)) == (0, 4)
    assert all(re.fullmatch(r" *\d+%  \S.* 34 .*\.", line) for line in lines)
    assert vary(capsys, TEXT, "--model", str(trained), "-n", "4", *ANY)[1] == lines


def test_it_imports_no_library_that_it_does_not_use(trained):
    unused = {"apache_beam", "lightning", "pandas", "pyarrow", "requests", "scipy", "torch._dynamo", "transformers"}
    code = (
        "import sys; from vae.commands.command import main; from vae.commands.vary import COMMAND; "
        f"main(COMMAND, sys.argv[1:]); print(sorted({unused} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code, TEXT, "--model", str(trained), "-n", "1", *ANY]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert printed[-1] == "[]"


def test_garbage_is_collected_again_after_it(trained, capsys):
    assert vary(capsys, TEXT, "--model", str(trained), "-n", "1", *ANY)[0] == 0
    assert gc.isenabled()


def test_flags_may_come_from_the_config(trained, capsys, tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text(f"vary: {{model: {trained}, n: 2, seed: 3, change: 0.5, at_least: 0}}")
    code, lines, _ = vary(capsys, TEXT, "--config", str(path))
    assert (code, len(lines)) == (0, 2)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("greedy", []),
        ("temperature", ["--temperature", "1.5"]),
        ("top-k", ["--temperature", "1.5", "--top-k", "3"]),
        ("top-p", ["--temperature", "1.5", "--top-p", "0.8"]),
        ("beam", ["--beams", "3"]),
        ("mbr", ["--temperature", "1.5"]),
    ],
)
def test_every_method_of_decoding_gives_the_number_asked_for(trained, capsys, method, more):
    flags = ["--strategy", "prior", "--decode", method, *more]
    code, lines, errors = vary(capsys, TEXT, "--model", str(trained), "-n", "2", "--seed", "3", *flags)
    assert (code, errors) == (0, "") or re.fullmatch(r"[01] of 2 variations: .+\n", errors)
    assert len(lines) == 2 or errors


def test_a_banned_word_is_never_added(trained, capsys):
    flags = ["Then the cat painted the quiet dog.", "--model", str(trained), "-n", "30", "--strategy", "prior"]
    free = re.findall(r"[a-z]{3,}", " ".join(vary(capsys, *flags)[1]).casefold())
    banned = sorted(set(free) - {"then", "the", "cat", "painted", "quiet", "dog"})[:3]
    assert len(banned) == 3
    code, lines, _ = vary(capsys, *flags, *[flag for word in banned for flag in ("--ban", word)])
    assert code == 0
    assert lines
    assert not re.search(rf"\b({'|'.join(banned)})\b", " ".join(lines), re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "😀🎉",
        "Поезд опять опоздал.",
        "列車はまた遅れた。",
        "a" * 400,
        "\x00 tea",
        TEXT * 40,
        "`x = 1`",
        "https://a.org",
    ],
)
def test_any_text_gets_its_lines(trained, capsys, text):
    code, lines, errors = vary(capsys, text, "--model", str(trained), "-n", "2", *ANY)
    assert code == 0
    assert len(lines) == 2 or re.fullmatch(rf"{len(lines)} of 2 variations: .+\n", errors)
    assert not any(line.split("  ", 1)[1] == " ".join(text.split()) for line in lines)


def test_a_dash_reads_standard_input(trained, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{TEXT}\n".encode())))
    code, lines, _ = vary(capsys, "-", "--model", str(trained), "-n", "1", *ANY)
    assert (code, len(lines)) == (0, 1)
    assert lines == vary(capsys, TEXT, "--model", str(trained), "-n", "1", *ANY)[1]


def test_bytes_that_are_not_utf8_are_refused(trained, capsys):
    code, lines, errors = vary(capsys, "A line with a \udcff byte.", "--model", str(trained))
    assert (code, lines) == (2, [])
    assert "not UTF-8" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_refused(trained, capsys, text):
    code, lines, errors = vary(capsys, text, "--model", str(trained))
    assert (code, lines) == (2, [])
    assert "the text is empty" in errors


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["-n", "0"], "-n 0"),
        (["--change", "1.5"], "--change 1.5"),
        (["--temperature", "0"], "temperature above 0"),
        (["--top-p", "2"], "top_p above 0"),
        (["--beams", "0"], "beams of 1 to 128"),
        (["--ban", ""], "banned words"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(trained, capsys, flags, named):
    code, lines, errors = vary(capsys, TEXT, "--model", str(trained), *flags)
    assert (code, lines) == (2, [])
    assert named in errors
    assert errors.count("\n") == 1


def test_a_folder_without_a_model_is_refused_by_name(tmp_path, capsys):
    code, lines, errors = vary(capsys, TEXT, "--model", str(tmp_path))
    assert (code, lines) == (2, [])
    assert str(tmp_path / "config.json") in errors
    assert errors.count("\n") == 1
