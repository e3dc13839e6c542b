"""Datasets that are written without `prepare`, and tiny models that are trained on one of them."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import socket
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from tokenizer.protect import protect
from tokenizer.tokenizer import EOS, PAD, Tokenizer
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.models.configs import MaskedConfig, RecurrentConfig
from vae.models.families import text_model
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from vae.models.text_model import TextModel

torch.set_num_threads(1)  # matrices this small gain nothing by a second thread, and wait for it on a busy machine

MAX_LEN = 16
BUCKETS = (8, 16)
LABELS = {"category": ["tea", "birds"], "author": ["Ann", "Ben", "Cy"]}
"""The names of the labels. Row n of a split has the ids category n % 3 and author n % 4, where 0 is none of them."""


MASKED = MaskedConfig(
    width=16, heads=2, encoder_layers=1, decoder_layers=1, run=4, dim=4, usage=6, meaning=4, dropout=0.0
)


class WriteDataset(Protocol):
    def __call__(
        self,
        folder: Path,
        splits: Mapping[str, Sequence[Sequence[int]]],
        *,
        group_rows: int = ...,
        labelled: bool = ...,
    ) -> Path: ...


@pytest.fixture(scope="session")
def write_dataset(tokenizer: Tokenizer) -> WriteDataset:
    """Writes the rows of each split, piece ids without end marker, as a dataset folder.

    With `labelled` false the shards lack the columns of labels, as those of an older release.
    """

    def write(
        folder: Path,
        splits: Mapping[str, Sequence[Sequence[int]]],
        *,
        group_rows: int = 64,
        labelled: bool = True,
    ) -> Path:
        (folder / "tokenizer").mkdir(parents=True)
        (folder / "tokenizer" / "spm.model").write_bytes(tokenizer.model)
        files = []
        for split, rows in splits.items():
            buckets = defaultdict(list)
            for number, row in enumerate(rows):
                bucket = next(bucket for bucket in BUCKETS if len(row) < bucket)
                padded = [*row, EOS, *[PAD] * (bucket - len(row) - 1)]
                labels = {name: number % (len(LABELS[name]) + 1) for name in LABELS if labelled}
                buckets[bucket].append(
                    {
                        "post_id": f"{split}-{number}",
                        "segment": 0,
                        "input_ids": padded,
                        "length": len(row) + 1,
                        **labels,
                    }
                )
            for bucket, shard_rows in buckets.items():
                path = folder / f"shards/split={split}/bucket={bucket}/part-0.parquet"
                path.parent.mkdir(parents=True)
                schema = pa.schema(
                    [
                        ("post_id", pa.string()),
                        ("segment", pa.int32()),
                        ("input_ids", pa.list_(pa.uint16(), bucket)),
                        ("length", pa.uint16()),
                        *[(name, pa.uint16()) for name in LABELS if labelled],
                    ]
                )
                pq.write_table(pa.Table.from_pylist(shard_rows, schema), path, row_group_size=group_rows)
                files.append(
                    {
                        "path": str(path.relative_to(folder)),
                        "rows": len(shard_rows),
                        "bytes": path.stat().st_size,
                        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    }
                )
        manifest = {
            "format": "blogvae-dataset/1",
            "settings": {"max_len": MAX_LEN, "unit": "segment"},
            "tokenizer_sha256": tokenizer.sha256,
            "counts": {"posts": 0, "segments": sum(map(len, splits.values()))},
            "files": files,
            **({"labels": LABELS} if labelled else {}),
        }
        (folder / "MANIFEST.json").write_text(json.dumps(manifest))
        return folder

    return write


@pytest.fixture(scope="session")
def rows(sentences: list[str], tokenizer: Tokenizer) -> list[list[int]]:
    """The piece ids of the sentences."""
    return tokenizer.encode([protect(sentence).masked for sentence in sentences])


@pytest.fixture(scope="session")
def dataset(write_dataset: WriteDataset, rows: list[list[int]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset folder: 400 rows to train on, 50 to validate, 50 to test."""
    return write_dataset(
        tmp_path_factory.mktemp("dataset") / "dataset",
        {"train": rows[:400], "validation": rows[400:450], "test": rows[450:]},
    )


@pytest.fixture(scope="session")
def tiny_flags() -> list[str]:
    """Settings of a model that trains in seconds."""
    pairs = "family=recurrent optimizer=adamw anneal=0.3 free_bits=0.1".split()
    pairs += "embedding=16 vectors=learned encoder=16 decoder=16 slots=8 dim=8 dropout=0".split()
    pairs += ["batch_pieces=512", "precision=32-true", "beta=0.2", "latent_noise=0"]
    return [flag for pair in pairs for flag in ("--set", pair)]


@pytest.fixture(scope="session")
def trained(dataset: Path, tiny_flags: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model that reconstructs many of its sentences."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    flags = [*tiny_flags, "--set", "epochs=20", "--set", "learning_rate=0.03", "--measure", "full"]
    assert main(COMMAND, ["--dataset", str(dataset), "--output", str(folder), *flags]) == 0
    return folder


@pytest.fixture(scope="session")
def filling(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny masked model that reconstructs many of its sentences."""
    folder = tmp_path_factory.mktemp("filling") / "model"
    pairs = "family=masked width=32 heads=2 encoder_layers=1 decoder_layers=1 run=2 dim=8 usage=24 meaning=0 dropout=0"
    pairs += " optimizer=muon epochs=30 learning_rate=0.02 batch_pieces=512 precision=32-true beta=0.1 free_bits=0"
    flags = [flag for pair in pairs.split() for flag in ("--set", pair)]
    assert main(COMMAND, ["--dataset", str(dataset), "--output", str(folder), *flags]) == 0
    return folder


@pytest.fixture(scope="session")
def fills(filling: Path) -> TextVAE:
    """The tiny masked model."""
    return TextVAE.load(filling)


POSTS = {"tea-1": (450, 453, ["tea", "home"]), "tea-2": (453, 455, ["tea"]), "bird-1": (455, 459, ["birds"])}
"""For each post, its first sentence, the one after its last, and its categories."""


@pytest.fixture(scope="session")
def latents(trained: Path, sentences: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the latents of POSTS by the tiny model, as `blogvae encode` writes it."""
    model, folder = TextVAE.load(trained), tmp_path_factory.mktemp("latents")
    segments, posts = [], []
    for post_id, (start, end, categories) in POSTS.items():
        means = model.encode(sentences[start:end]).mean.flatten(1).tolist()
        segments += [{"post_id": post_id, "segment": place, "mean": mean} for place, mean in enumerate(means)]
        posts.append({"post_id": post_id, "category": categories})
    (folder / "posts").mkdir()
    pq.write_table(pa.Table.from_pylist(segments), folder / "part-a.parquet")
    pq.write_table(pa.Table.from_pylist(posts), folder / "posts/part-a.parquet")
    settings = {"slots": model.module.slots, "dim": model.module.dim, "model_sha256": model.sha256}
    files = [{"path": "part-a.parquet", "rows": len(segments)}, {"path": "posts/part-a.parquet", "rows": len(posts)}]
    manifest = {"format": "blogvae-latents/1", "settings": settings, "files": files}
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))
    return folder


class MakeModule(Protocol):
    """Makes an untrained model; the type of the fixture `make_module`."""

    def __call__(
        self,
        *,
        cell: Literal["lstm", "gru"] = ...,
        slots: int = ...,
        vocab_size: int = ...,
        labels: Sequence[int] = ...,
    ) -> TextModel: ...


@pytest.fixture(scope="session")
def make_module() -> MakeModule:
    """Makes untrained models whose weights are so large that every input changes the outputs."""

    def make(
        *, cell: Literal["lstm", "gru"] = "lstm", slots: int = 4, vocab_size: int = 40, labels: Sequence[int] = ()
    ) -> TextModel:
        config = RecurrentConfig(cell=cell, embedding=12, encoder=(16,), decoder=(16,), slots=slots, dim=6, dropout=0.5)
        module = text_model(config, vocab_size=vocab_size, max_len=MAX_LEN, labels=labels).eval()
        generator = torch.Generator().manual_seed(slots)
        for weight in module.parameters():
            torch.nn.init.normal_(weight, std=0.4, generator=generator)
        return module.requires_grad_(requires_grad=False)

    return make


@pytest.fixture(scope="session")
def make_texts() -> Callable[..., tuple[Tensor, Tensor]]:
    """Makes random padded texts of the given lengths, which count the end marker, and the tensor of lengths."""

    def make(*lengths: int, width: int = MAX_LEN, vocab_size: int = 40) -> tuple[Tensor, Tensor]:
        ids = torch.zeros(len(lengths), width, dtype=torch.long)
        for row, length in enumerate(lengths):
            pieces = torch.Generator().manual_seed(row)
            ids[row, : length - 1] = torch.randint(4, vocab_size, (length - 1,), generator=pieces)
            ids[row, length - 1] = EOS
        return ids, torch.tensor(lengths)

    return make


@pytest.fixture(scope="session")
def in_two_processes() -> Callable[[Callable[[], object]], list[int | None]]:
    """Runs a function in two processes with the environment that torchrun sets, and returns their exit codes.

    They are forked, which saves the seconds that importing torch takes. One that hangs is killed after a minute.
    """

    def work(function: Callable[[], object], port: int, number: int) -> None:
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
        os.environ |= {"RANK": str(number), "LOCAL_RANK": str(number), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
        function()

    def run(function: Callable[[], object]) -> list[int | None]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        context = multiprocessing.get_context("fork")
        processes = [context.Process(target=work, args=(function, port, number), daemon=True) for number in (0, 1)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(timeout=60)
        for process in processes:
            process.kill()
            process.join()
        return [process.exitcode for process in processes]

    return run


@pytest.fixture
def masked(tokenizer: Tokenizer) -> TextModel:
    """An untrained masked model for texts of up to 32 pieces, with weights that make every input count."""
    torch.manual_seed(0)
    module = text_model(MASKED, vocab_size=tokenizer.vocab_size, max_len=32, labels=()).eval()
    module.vectors.copy_(torch.randn(module.vectors.shape))
    module.begins.copy_(torch.from_numpy(tokenizer.begins_word))
    return module.requires_grad_(requires_grad=False)
