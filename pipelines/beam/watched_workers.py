"""Watches the worker processes of Beam's local runner: one that dies fails the job, where Beam would wait forever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import grpc  # type: ignore[import-untyped]
from apache_beam.portability import python_urns
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.fn_api_runner.worker_handlers import (
    BeamFnControlServicer,
    GrpcWorkerHandler,
    WorkerHandler,
)
from google.protobuf import json_format, text_format  # type: ignore[import-untyped]

from vae.log_lines import json_step

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON_STEP: Final = "BLOGVAE_JSON_STEP"
"""The variable that tells a worker the step in whose JSON log it writes; empty if that log is for people."""

_POLL_SECONDS: Final = 0.2


@dataclass
class _Run:
    """The workers of one pipeline; `failure` says how the first worker died, and `over` is set when the run ends."""

    workers: list[WatchedWorker] = field(default_factory=list)
    failure: str = ""
    over: threading.Event = field(default_factory=threading.Event)


@WorkerHandler.register_environment(python_urns.SUBPROCESS_SDK, bytes)
class WatchedWorker(GrpcWorkerHandler):
    """Starts and watches a process of `pipelines.beam.worker_process`.

    When one dies, all others are killed, and open requests are answered with an error. This class replaces Beam's own
    handler of such processes, which leaves the requests open, so that the job hangs.
    """

    run: ClassVar[_Run] = _Run()

    def __init__(self, _command: bytes, state: Any, provision_info: Any, grpc_server: Any) -> None:
        super().__init__(state, provision_info, grpc_server)
        self._closed = threading.Event()

    def start_worker(self) -> None:
        """Starts the process and the thread that watches it."""
        variables = {
            "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(self.control_api_service_descriptor()),
            "PIPELINE_OPTIONS": json_format.MessageToJson(self.provision_info.provision_info.pipeline_options),
            "WORKER_ID": self.worker_id,
            JSON_STEP: json_step() or "",
        }
        command = [sys.executable, "-m", "pipelines.beam.worker_process"]
        self._process = subprocess.Popen(command, env={**os.environ, **variables})  # noqa: S603  (our own module)
        self.run.workers.append(self)
        threading.Thread(name=f"watch_{self.worker_id}", target=self._watch, args=[self.run], daemon=True).start()

    def stop_worker(self) -> None:
        """Waits for the process, which ends when the runner has closed its connection.

        Beam tells only connected workers to stop. One that is still starting when another's step fails would connect
        later and wait for requests forever, so each worker gets the message again.
        """
        self._closed.set()
        self.control_conn.push(BeamFnControlServicer._DONE_MARKER)  # noqa: SLF001  (Beam has no public name for it)
        self._process.wait()

    def _watch(self, run: _Run) -> None:
        code = self._process.wait()
        if code == 0 or self._closed.is_set():  # the runner asked it to stop
            return
        ending = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        run.failure = run.failure or f"a worker process {ending}"
        while not run.over.wait(_POLL_SECONDS):  # the runner may still send requests
            for worker in run.workers:
                worker._give_up(run.failure)  # noqa: SLF001  (our own class)

    def _give_up(self, failure: str) -> None:
        """Kills the process, and answers its open requests with an error."""
        self._process.kill()
        for request, future in [*self.control_conn._futures_by_id.items()]:  # noqa: SLF001  (Beam has no other way)
            future.set(beam_fn_api_pb2.InstructionResponse(instruction_id=request, error=failure))


@contextmanager
def watched_workers() -> Iterator[None]:
    """Watches the workers of a pipeline that runs in the block, and silences Beam's threads about lost connections.

    Raises:
        RuntimeError: a worker process died.
    """
    run = WatchedWorker.run = _Run()
    before = threading.excepthook
    threading.excepthook = lambda args: None if issubclass(args.exc_type, grpc.RpcError) else before(args)
    try:
        yield
    except RuntimeError as error:
        if run.failure:
            raise RuntimeError(f"{run.failure}; the same command goes on where this run stopped") from error
        raise
    finally:
        run.over.set()
        threading.excepthook = before
