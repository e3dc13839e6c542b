"""`blogvae run`: runs the whole chain from one file, and skips steps whose inputs and flags did not change."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.beam.file_systems import open_file_systems
from pipelines.cli import command_named
from pipelines.commands.named_contents import named_contents
from pipelines.errors import UserError
from pipelines.flags.chain_steps import CHAIN_STEPS, ChainStep
from pipelines.flags.run import COMMAND
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import file_sha256
from pipelines.write.atomic import write_json
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.receipts import fingerprint
from vae.commands.command import flags_of, main, parse, parser_of, read_config
from vae.commands.section_text import section_text
from vae.log_lines import JSON

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

log = logging.getLogger("blogvae")


CHAIN_STATE = "steps.json"
"""The file in which the chain keeps what each step was made of, and its result."""

CHAIN_LOG = "run.json"
"""The file in which a run tells what became of each step, and why."""


def run(args: argparse.Namespace) -> None:
    """Runs each step that the file has a section for, in order, each in a process of its own."""
    open_file_systems(())
    folder, sections = _chain(args)
    with only_run_on(folder):
        run_log = RunLog(Path(folder), [step.name for step in CHAIN_STEPS if step.name in sections])
        for step in CHAIN_STEPS:
            if step.name in sections:
                _run_step(step, Path(folder), sections[step.name], run_log=run_log, args=args)


def config_text(args: argparse.Namespace) -> str:
    """Returns the file of the chain with all settings of its steps, defaults too, for --print-config."""
    folder, sections = _chain(args)
    texts = [f"folder: {json.dumps(folder, ensure_ascii=False)}\n"]
    for name, section in sections.items():
        command = command_named(name)
        parser = parser_of(command)
        parser.require_nothing()
        flags = flags_of(section, parser, where=f"{args.config}: {name}")
        texts.append(section_text(name, parser, parse(command, parser, flags)))
    return "".join(texts)


def _chain(args: argparse.Namespace) -> tuple[str, dict[str, dict[str, object]]]:
    """Reads the file of --config: the folder of the chain, and the section of each step that is wanted, in order.

    Raises:
        UserError: there is no such file, or it names no folder or an unknown step.
    """
    if not args.config:
        raise UserError("run needs --config FILE.yaml; `blogvae demo` writes an example, blogvae-demo/demo.yaml")
    config = read_config(args.config)
    folder = config.pop("folder", None)
    names = [step.name for step in CHAIN_STEPS]
    unknown = sorted(set(config) - set(names))
    if unknown:
        raise UserError(f"{args.config}: no step {unknown[0]!r}; the steps are {', '.join(names)}")
    if not isinstance(folder, str):
        raise UserError(f"{args.config}: `folder: PATH` is missing: where the chain writes")
    return folder, {name: config[name] or {} for name in names if name in config}


class RunLog:
    """The file `run.json`: for each step of a run the outcome, why it was run or skipped, exit code and seconds.

    It is written anew whenever a step begins or ends, so that a run that was killed leaves it, too.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._path = str(folder / CHAIN_LOG)
        self._steps = {name: dict[str, Any](step=name, outcome="not reached") for name in names}
        self.write()

    def write(self, name: str = "", **facts: Any) -> None:
        """Adds facts about a step, and writes the file."""
        if name:
            self._steps[name].update(facts)
        write_json(self._path, {"steps": list(self._steps.values())})


def _run_step(
    step: ChainStep, folder: Path, section: dict[str, object], *, run_log: RunLog, args: argparse.Namespace
) -> None:
    whole = _whole(step, folder, section)
    state_path = folder / CHAIN_STATE
    state: dict[str, Any] = json.loads(state_path.read_text()) if state_path.exists() else {}
    made_of = _made_of(step, folder, section)
    why = _why(state.get(step.name), {**made_of, "output": _content(whole)})
    if not why:
        log.info("%s: nothing changed, skipped", step.name, extra={"step": step.name})
        run_log.write(step.name, outcome="skipped", why="nothing changed")
        return
    log.info("%s: started (%s)", step.name, why, extra={"step": step.name})
    flags = {name: str(folder / path) for name, path in {**step.flags, "output": step.output}.items()}
    parser = parser_of(command_named(step.name))
    argv = [*flags_of({**flags, **section}, parser, where=f"{args.config}: {step.name}"), *step.again]
    argv += ["--verbose"] if args.verbose else []
    argv += [f"--log-format={JSON}"] if args.log_format == JSON else []
    run_log.write(step.name, outcome="started", why=why)
    started = time.perf_counter()
    finished = subprocess.run([sys.executable, "-m", "pipelines.cli", step.name, *argv], check=False)  # noqa: S603
    outcome = "failed" if finished.returncode else "done"
    seconds = round(time.perf_counter() - started, 1)
    run_log.write(step.name, outcome=outcome, exit_code=finished.returncode, seconds=seconds)
    if finished.returncode == 2:
        raise UserError(f"{step.name} could not start; see the line above")
    if finished.returncode:
        raise RuntimeError(
            f"{step.name} failed with exit code {finished.returncode}; the same command goes on from there"
        )
    state[step.name] = {**made_of, "output": _content(whole)}
    write_json(str(state_path), state)


def _why(before: Any, now: dict[str, str | None]) -> str:
    """Why a step is to be run, by what it was made of before and is made of now; empty if nothing changed."""
    if not isinstance(before, dict):
        return "it was not done before"
    if not now["output"]:
        return "its output is missing"
    changed = [name for name in now if now[name] != before.get(name)]
    return f"changed: {', '.join(changed)}" if changed else ""


def _made_of(step: ChainStep, folder: Path, section: dict[str, object]) -> dict[str, str | None]:
    """Hashes of the step's flags, of what it reads, of files that flags name, and of the code."""
    contents: list[Any] = [_content(_read_by(step, folder, section, path)) for path in step.reads]
    if step.name == "prepare":
        given = section.get("input")
        if not given:
            raise UserError("prepare: `input` is missing: a file, folder or glob, or a list of them")
        inputs = given if isinstance(given, list) else [given]
        contents = [[file.name, file_sha256(file)] for file in list_inputs([str(i) for i in inputs]).files]
    named = {name: value for name, value in section.items() if name not in {"input", "output", *step.flags}}
    return {
        "flags": fingerprint(section),
        "inputs": fingerprint(contents),
        "files that flags name": fingerprint(named_contents(named)),
        "code": code_version(),
    }


def _whole(step: ChainStep, folder: Path, section: dict[str, object]) -> Path:
    """The path of the file that exists once the step is complete, below the output that its section names."""
    output = Path(str(section.get("output", folder / step.output)))
    return output / step.whole.removeprefix(step.output).lstrip("/")


def _read_by(step: ChainStep, folder: Path, section: dict[str, object], path: str) -> Path:
    """The path of a file that the step reads: in the folder that its section names, or else in the chain's folder."""
    for name, place in step.flags.items():
        if name in section and path.startswith(f"{place}/"):
            return Path(str(section[name])) / path.removeprefix(f"{place}/")
    return folder / path


def _content(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(COMMAND))
