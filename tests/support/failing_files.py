"""Makes calls of Beam's filesystems fail, one in a run, as a store does that gives no answer for a moment."""

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.io.localfilesystem import LocalFileSystem

METHODS = (FileSystems, ("open", "create", "exists", "match", "rename", "delete", "mkdirs", "last_updated"))
LOCAL_METHODS = (LocalFileSystem, ("size",))
PACKAGE = str(Path(__file__).parents[2] / "pipelines")


class NoAnswerError(OSError):
    """The error that is injected: it has no number, as those of stores have none."""


class FailingFiles:
    """Counts the calls that the package makes in a run, and lets one of them fail.

    A call is known by its method, the step that wants it, and how often that step wanted it before.
    """

    def __init__(self):
        self.start(lambda call: False)

    def start(self, is_failing, *, is_done_first=False):
        """Begins a run in which the first call fails for which `is_failing` is true.

        With `is_done_first` that call does its work, as if only the answer was lost.
        """
        self.calls, self.failed = [], None
        self._is_failing, self._is_done_first, self._counts = is_failing, is_done_first, Counter()

    def wrap(self, owner, name):
        """Returns the method of Beam's filesystems that counts and fails."""
        method = getattr(owner, name)

        def call(*args, **kwargs):
            frame = sys._getframe(1)
            if not frame.f_code.co_filename.startswith(PACKAGE):
                return method(*args, **kwargs)
            step = name, _step(frame)
            self._counts[step] += 1
            made = (*step, self._counts[step])
            self.calls.append(made)
            if self.failed or not self._is_failing(made):
                return method(*args, **kwargs)
            self.failed = made
            if self._is_done_first:
                done = method(*args, **kwargs)
                if hasattr(done, "close"):
                    done.close()
            raise NoAnswerError(f"no answer to {made}")

        return staticmethod(call) if owner is FileSystems else call


def _step(frame):
    """The function that wants the call: the innermost of the package that is not of the layer that all share."""
    while not frame.f_code.co_filename.startswith(PACKAGE) or frame.f_code.co_filename.endswith("/write/atomic.py"):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"


@contextmanager
def failing_files():
    """Yields the FailingFiles that stand between the package and Beam's filesystems."""
    files = FailingFiles()
    with pytest.MonkeyPatch.context() as patch:
        for owner, names in (METHODS, LOCAL_METHODS):
            for name in names:
                patch.setattr(owner, name, files.wrap(owner, name))
        yield files
