import json
import logging
from types import SimpleNamespace

import pytest

from vae import log_lines
from vae.log_lines import JSON, TEXT, JsonLines, TextLines, json_step, shows_progress, start_log


def record(level=logging.INFO, message="%d posts", args=(3,), **extra):
    made = logging.LogRecord("blogvae", level, "a.py", 1, message, args, None)
    vars(made).update(extra)
    made.created, made.msecs = 1_700_000_000.25, 250.0
    return made


def test_a_line_for_people_has_the_time_and_an_error_has_the_name_of_the_program():
    assert TextLines().format(record())[8:] == " 3 posts"
    assert TextLines().format(record(logging.ERROR, counts={"posts": 3})) == "blogvae: 3 posts"


def test_an_object_has_the_fields_that_its_record_carries():
    assert json.loads(JsonLines("prepare").format(record(unit="4f1c", seconds=1.5, other="x"))) == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "info",
        "step": "prepare",
        "message": "3 posts",
        "unit": "4f1c",
        "seconds": 1.5,
    }


def test_a_record_may_name_its_own_step():
    assert json.loads(JsonLines("run").format(record(step="train")))["step"] == "train"


def test_an_object_is_one_line_of_ascii_whatever_its_message():
    line = JsonLines("vary").format(record(message="caf\xe9\n\udce9\u2028", args=()))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == "caf\xe9\n\udce9\u2028"


@pytest.mark.parametrize(
    ("log_format", "terminal", "bar"), [(TEXT, True, True), (TEXT, False, False), (JSON, True, False)]
)
def test_a_bar_is_drawn_on_a_terminal_whose_lines_are_for_people(monkeypatch, log_format, terminal, bar):
    monkeypatch.setattr(log_lines, "sys", SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: terminal)))
    start_log("prepare", log_format)
    assert json_step() == ("prepare" if log_format == JSON else None)
    assert shows_progress() == bar


def test_libraries_log_errors_only(capsys):
    start_log()
    logging.getLogger("a.library").warning("a tip")
    logging.getLogger("blogvae").info("a step")
    assert capsys.readouterr().err.endswith(" a step\n")
