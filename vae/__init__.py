"""Text variational autoencoders: models, objective, latent operations, training, decoding, evaluation."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae.frames import augment_frame
    from vae.text_vae import TextVAE
    from vae.variation.variation import Edit, Variation

__all__ = ["Edit", "TextVAE", "Variation", "augment_frame"]

__path__.append(str(Path(__file__).parent / "commands"))
"""So each command is `python -m vae.NAME` too, on a machine that has no console command."""


_MODULES = {
    "Edit": "vae.variation.variation",
    "TextVAE": "vae.text_vae",
    "Variation": "vae.variation.variation",
    "augment_frame": "vae.frames",
}


def __getattr__(name: str) -> Any:
    """Imports a public name on its first use: a command line that prints its help need not wait for torch."""
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(name)
