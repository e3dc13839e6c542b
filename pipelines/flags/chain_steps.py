"""The steps of the chain that `blogvae run` runs, in their order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChainStep:
    """A command of the chain. All paths are relative to the chain's folder.

    Attributes:
        name: the command.
        flags: the flags that name folders of earlier steps, and these folders.
        output: the folder or file that it writes.
        whole: the file that exists once the step is complete.
        reads: the files of earlier steps that it depends on.
        again: flags that let it continue or replace an earlier output.
    """

    name: str
    flags: dict[str, str]
    output: str
    whole: str
    reads: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


CHAIN_STEPS = (
    ChainStep("prepare", {}, "dataset", "dataset/MANIFEST.json", again=("--overwrite",)),
    ChainStep(
        "train",
        {"dataset": "dataset"},
        "model",
        "model/metrics.json",
        reads=("dataset/MANIFEST.json",),
        again=("--resume", "--overwrite"),
    ),
    ChainStep(
        "compare", {"dataset": "dataset"}, "comparison", "comparison/compare.json", reads=("dataset/MANIFEST.json",)
    ),
    ChainStep(
        "evaluate",
        {"dataset": "dataset", "model": "model"},
        "evaluation",
        "evaluation/metrics.json",
        reads=("dataset/MANIFEST.json", "model/config.json"),
    ),
    ChainStep(
        "encode",
        {"dataset": "dataset", "model": "model"},
        "latents",
        "latents/MANIFEST.json",
        reads=("dataset/MANIFEST.json", "model/config.json"),
        again=("--overwrite",),
    ),
    ChainStep(
        "augment",
        {"dataset": "dataset", "model": "model"},
        "variations",
        "variations/MANIFEST.json",
        reads=("dataset/MANIFEST.json", "model/config.json", "model/calibration.json"),
        again=("--overwrite",),
    ),
    ChainStep(
        "judge",
        {"variations": "variations"},
        "judged",
        "judged/MANIFEST.json",
        reads=("variations/MANIFEST.json",),
        again=("--overwrite",),
    ),
    ChainStep(
        "report", {"variations": "variations"}, "report.html", "report.html", reads=("variations/MANIFEST.json",)
    ),
)
