"""Shows what happens to a VAE over bags of words if every post is held near one of some constraint texts.

    blogvae prepare --input data/posts --input data/blog_export.csv --output out/dataset
    python examples/constraints.py --dataset out/dataset

It trains a dense VAE on the dataset's posts, encodes the constraint texts, and trains further with a hinge: if the
squared distance of a post's mean to the nearest constraint exceeds 0.5, the post pays 100 nats for each unit beyond
0.5. It prints what changes.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import torch
from bags import Vocabulary

from vae.commands.command import Command, CommandParser, execute
from vae.data.array_batches import ArrayBatches
from vae.data.dataset import Dataset
from vae.errors import UserError
from vae.hardware import keep_freed_memory
from vae.latent.gaussian import Latents
from vae.models.configs import DenseConfig
from vae.models.dense import BagBatch, DenseVAE
from vae.settings import ObjectiveSettings, Settings, TrainingSettings
from vae.training.fit import fit
from vae.training.objective import constraint_hinge

if TYPE_CHECKING:
    import argparse

    from torch import Tensor

CONSTRAINTS = (
    "Knead the dough, let it rise, and bake the loaf in a hot oven. Stir butter, salt, and sugar in the pan.",
    "The train left the station late, so I missed the ferry and waited on the platform with a map, a ticket, and soup.",
    "Sow the seeds in spring, water the bed, pull the weeds, and dig compost into the soil before the first frost.",
)
THRESHOLD, WEIGHT = 0.5, 100.0
BATCH, SAMPLES, SHOWN = 16, 500, 10


@dataclass(frozen=True, kw_only=True)
class Posts:
    """The bags of the posts to train on, and of the posts held out."""

    train: BagBatch
    held_out: BagBatch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of the example."""
    parser.add_argument("--dataset", required=True, help="the folder that `blogvae prepare` wrote")
    parser.add_argument(
        "--constraint", action="append", metavar="TEXT", help="a constraint text; may be repeated; has defaults"
    )
    parser.add_argument("--epochs", type=int, default=20, help="the most epochs of each of the two trainings")
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace) -> None:
    """Trains without and then with the constraints, and prints what they changed."""
    keep_freed_memory()
    texts = read_texts(args.dataset)
    vocabulary = Vocabulary.of(texts["train"], most=DenseConfig().inputs)
    posts = Posts(
        train=BagBatch(vocabulary.bags(texts["train"])),
        held_out=BagBatch(vocabulary.bags(texts["validation"] + texts["test"])),
    )
    constraints = args.constraint or CONSTRAINTS
    constraint_bags = BagBatch(vocabulary.bags(constraints))
    for text, bag in zip(constraints, constraint_bags.values, strict=True):
        if not bag.any():
            raise UserError(f"no word of {text!r} is in {DenseConfig().inputs:,} words of {args.dataset}: give another")
    settings = Settings(
        model=DenseConfig(inputs=len(vocabulary.words)),
        objective=ObjectiveSettings(beta=0.2, free_bits=0.0, constraint_weight=WEIGHT, constraint_threshold=THRESHOLD),
        training=TrainingSettings(epochs=args.epochs, patience=args.epochs, seed=args.seed),
    )
    torch.manual_seed(args.seed)
    model = DenseVAE(DenseConfig(inputs=len(vocabulary.words)))
    train(model, posts, settings)
    with torch.inference_mode():
        targets = model.posterior(constraint_bags).mean
    before = figures(model, posts, targets, seed=args.seed)
    words = near(model, constraint_bags, targets, posts, vocabulary, seed=args.seed)
    train(model, posts, settings, targets=targets.clone())
    after = figures(model, posts, targets, seed=args.seed)
    print(f"{'':48}{'before':>10}{'after':>10}")
    for name, value in before.items():
        print(f"{name:48}{value:10.2f}{after[name]:10.2f}")
    words_after = near(model, constraint_bags, targets, posts, vocabulary, seed=args.seed)
    for text, first, second in zip(constraints, words, words_after, strict=True):
        print(f"\nlikely near: {text}\n  before: {', '.join(first)}\n  after:  {', '.join(second)}")


def read_texts(folder: str) -> dict[str, list[str]]:
    """Returns the texts of the posts by split. Raises UserError if no post is left to train on or to hold out."""
    dataset = Dataset.open(folder)
    paths = [dataset.folder / file["path"] for file in dataset.manifest["files"] if file["path"].startswith("posts/")]
    texts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for path in paths:
        for post in pq.read_table(path, columns=["text", "split"]).to_pylist():
            texts[post["split"]].append(post["text"])
    if not texts["train"] or not texts["validation"] + texts["test"]:
        raise UserError(f"{folder} has too few posts to train on and to hold out: give prepare more")
    return texts


def train(model: DenseVAE, posts: Posts, settings: Settings, *, targets: Tensor | None = None) -> None:
    """Trains the model in place, and holds the posterior means near the targets (m, 1, dim) if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        fit(
            model.train(),
            settings,
            train=ArrayBatches(posts.train, size=BATCH, seed=settings.training.seed),
            validation=ArrayBatches(posts.held_out, size=BATCH, seed=None),
            folder=Path(folder),
            resume=False,
            constraints=targets,
        )
    model.cpu().eval()


@torch.inference_mode()
def figures(model: DenseVAE, posts: Posts, targets: Tensor, *, seed: int) -> dict[str, float]:
    """Returns means over the posts: distance to the nearest target, share within the threshold, and costs in nats."""
    means: dict[str, float] = {}
    for name, batch in {"trained on": posts.train, "held out": posts.held_out}.items():
        latents = model.posterior(batch)
        z = latents.sample(torch.randn(latents.mean.shape, generator=torch.Generator().manual_seed(seed)))
        distances = constraint_hinge(latents.mean, targets, weight=1.0, threshold=0.0)
        means |= {
            f"{name}: squared distance to the target": distances.mean().item(),
            f"{name}: share within {THRESHOLD}": (distances <= THRESHOLD).float().mean().item(),
            f"{name}: reconstruction, nats": model.nats(z, batch).mean().item(),
            f"{name}: KL, nats": model.prior.kl(latents).sum((1, 2)).mean().item(),
        }
    return means


@torch.inference_mode()
def near(
    model: DenseVAE, constraint_bags: BagBatch, targets: Tensor, posts: Posts, vocabulary: Vocabulary, *, seed: int
) -> list[list[str]]:
    """Returns for each target the words whose probability near it exceeds their share of all posts the most.

    The samples near a target are as wide as the posterior of the constraint text, because the decoder learned to read
    latents of that spread.
    """
    noise = torch.randn(SAMPLES, 1, model.dim, generator=torch.Generator().manual_seed(seed))
    usual = posts.train.values.mean(0)
    words: list[list[str]] = []
    for target, log_var in zip(targets, model.posterior(constraint_bags).log_var, strict=True):
        gain = model.decode(Latents(target, log_var).sample(noise)).mean(0) - usual
        best = gain.topk(min(SHOWN, len(gain))).indices.tolist()
        words.append([vocabulary.words[place] for place in best])
    return words


def main() -> int:
    """Returns the exit code."""
    command = Command(name="constraints", help=str(__doc__), add_arguments=add_arguments, run=run)
    parser = CommandParser(command)
    parser.prog = "constraints.py"
    return execute(command, parser, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
