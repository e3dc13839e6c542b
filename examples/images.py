"""Trains the classical VAE of images, whose latent has two dimensions and so can be shown in a picture.

    python examples/images.py --output out/images

It draws digits, trains a convolutional VAE on them with the objective and the trainer of the text models, and writes
four pictures: reconstructions, samples of the prior, the grid of the latent plane, and the means of the digits in it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from digits import draw_digits
from matplotlib.figure import Figure
from PIL import Image

from vae.data.array_batches import ArrayBatches
from vae.hardware import keep_freed_memory
from vae.log_lines import start_log
from vae.models.configs import ImageConfig
from vae.models.image import ImageBatch, ImageVAE
from vae.settings import ObjectiveSettings, Settings, TrainingSettings
from vae.training.fit import fit

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 64
ACROSS, DOWN, GRID = 20, 6, 20
"""The numbers of images across and down a picture, and along a side of the latent grid."""


def main() -> int:
    """Trains the model, writes the pictures, and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--images", type=int, default=6000, help="images to train on; a tenth as many are held out")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    start_log()
    keep_freed_memory()
    config = ImageConfig(batch_norm=1.0)
    settings = Settings(
        model=config,
        objective=ObjectiveSettings(beta=1.0, anneal=0.1, free_bits=0.0),
        training=TrainingSettings(epochs=args.epochs, learning_rate=5e-3, seed=args.seed),
    )
    pixels, digits = draw_digits(args.images + args.images // 10, seed=args.seed)
    torch.manual_seed(args.seed)
    model = ImageVAE(config)
    fit(
        model,
        settings,
        train=ArrayBatches(ImageBatch(pixels[: args.images]), size=BATCH, seed=args.seed),
        validation=ArrayBatches(ImageBatch(pixels[args.images :]), size=BATCH, seed=None),
        folder=args.output,
        resume=False,
    )
    with torch.inference_mode():
        draw(model.cpu().eval(), pixels[args.images :], digits[args.images :], args.output, seed=args.seed)
    return 0


def draw(model: ImageVAE, pixels: Tensor, digits: Tensor, folder: Path, *, seed: int) -> None:
    """Writes the four pictures of a trained model into a folder."""
    mean = model.posterior(ImageBatch(pixels)).mean
    shown = slice(ACROSS * DOWN // 2)
    pairs = zip(torch.split(pixels[shown], ACROSS), torch.split(model.decode(mean[shown]), ACROSS), strict=True)
    tile(torch.cat([row for pair in pairs for row in pair]), ACROSS, folder / "reconstructions.png")
    noise = torch.randn(ACROSS * DOWN, 1, model.dim, generator=torch.Generator().manual_seed(seed))
    tile(model.decode(model.prior.sample(noise)), ACROSS, folder / "samples.png")
    # Between neighbours of the grid lie equal shares of the prior (Kingma & Welling 2014, figure 4); the second
    # dimension grows upwards.
    along = torch.special.ndtri((torch.arange(GRID) + 0.5) / GRID)
    plane = torch.cartesian_prod(along.flip(0), along).flip(1)
    tile(model.decode(plane[:, None]), GRID, folder / "latent_grid.png")
    scatter(mean[:, 0], digits, folder / "latent.png")


def tile(images: Tensor, across: int, path: Path) -> None:
    """Writes images (n, height, width) as one PNG, row after row."""
    rows = [torch.cat(tuple(row), 1) for row in torch.split(images, across)]
    Image.fromarray((255 * torch.cat(rows)).round().byte().numpy()).save(path)


def scatter(mean: Tensor, digits: Tensor, path: Path) -> None:
    """Writes a PNG of the means (n, 2), each digit in a colour of its own."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    for digit in range(10):
        x, y = mean[digits == digit].T
        axes.scatter(x, y, s=10, linewidths=0, label=digit)
    axes.set(xlabel="first dimension of the mean", ylabel="second dimension", aspect="equal", adjustable="datalim")
    figure.legend(loc="outside right upper")
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    sys.exit(main())
