"""The lines of the log: text for people, or one JSON object a line for programs that watch the jobs."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, Final

log = logging.getLogger("blogvae")

TEXT: Final = "text"
JSON: Final = "json"
LOG_FORMATS: Final = (TEXT, JSON)

UNITS_LOG: Final = "blogvae.units"
"""The name of the log of single units of work, which is for programs only."""

FIELDS: Final = ("unit", "counts", "seconds")
"""What a record may carry as `extra` beside its message; `step` names another step than the command."""


class TextLines(logging.Formatter):
    """A line with the time and the message. An error is `blogvae: message`, after its traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line."""
        if record.levelno < logging.ERROR:
            return f"{self.formatTime(record, '%H:%M:%S')} {record.getMessage()}"
        line = f"blogvae: {record.getMessage()}"
        return f"{self.formatException(record.exc_info)}\n{line}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """A JSON object with time (UTC), level, step and message, and what else the record carries."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def format(self, record: logging.LogRecord) -> str:
        """Returns the object in one line of ASCII."""
        carried = vars(record)
        fields: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "step": carried.get("step", self.step),
            "message": record.getMessage(),
            **{name: carried[name] for name in FIELDS if name in carried},
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def start_log(step: str = "", log_format: str | None = TEXT) -> None:
    """Logs each step as one line on stderr; libraries log errors only, as JSON too if ours are."""
    handler = _start(JsonLines(step) if log_format == JSON else TextLines())
    logging.getLogger(UNITS_LOG).setLevel(logging.INFO if log_format == JSON else logging.WARNING)
    root = logging.getLogger()
    root.setLevel(logging.ERROR)
    if log_format == JSON:
        root.handlers = [handler]
        logging.captureWarnings(capture=True)


def start_worker_log(step: str) -> None:
    """Logs as the JSON log of a step does, in a worker of this step; the logs of libraries stay as they are."""
    _start(JsonLines(step))


def _start(formatter: logging.Formatter) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    return handler


def json_step() -> str | None:
    """Returns the step whose log has a JSON object a line, so that nothing else may be written; None for a text log."""
    formatters = [handler.formatter for handler in log.handlers]
    return next((formatter.step for formatter in formatters if isinstance(formatter, JsonLines)), None)


def shows_progress() -> bool:
    """Returns whether a progress bar may be drawn: stderr is a terminal, and its lines are for people."""
    return sys.stderr.isatty() and json_step() is None
