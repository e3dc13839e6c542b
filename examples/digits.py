"""Draws grey digits of 28 x 28 pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from vae.latent.noise import generator
from vae.models.image import SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

FONTS = ["DejaVuSans", "DejaVuSerif", "cmss10"]
FINE = 4
"""Digits are drawn this many times larger and then shrunk, which smooths the edges."""


def draw_digits(count: int, *, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draws white digits on black, in several faces, sizes, strokes, places, and slants; the same for the same seed.

    Returns:
        Pixels (count, 28, 28) in [0, 1], and the digits (count,).
    """
    digits = torch.arange(count) % 10
    pixels = np.stack([_draw(str(digit), generator((seed, "digit", row))) for row, digit in enumerate(digits.tolist())])
    return torch.from_numpy(pixels), digits


def _draw(digit: str, rng: np.random.Generator) -> NDArray[np.float32]:
    face = Path(mpl.get_data_path(), "fonts", "ttf", f"{rng.choice(FONTS)}.ttf")
    font = ImageFont.truetype(face, size=FINE * int(rng.integers(26, 31)))
    middle = FINE * (SIDE / 2 + rng.uniform(-0.5, 0.5, size=2))
    canvas = Image.new("L", (FINE * SIDE, FINE * SIDE))
    ImageDraw.Draw(canvas).text(
        (middle[0], middle[1]), digit, fill=255, font=font, anchor="mm", stroke_width=int(rng.integers(0, 5))
    )
    turned = canvas.rotate(rng.uniform(-6, 6), Image.Resampling.BICUBIC, center=(middle[0], middle[1]))
    return np.asarray(turned.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32) / np.float32(255)
