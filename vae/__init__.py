"""Text variational autoencoders: models, objective, latent operations, training, decoding, evaluation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae.text_vae import TextVAE

__all__ = ["TextVAE"]

__path__.append(str(Path(__file__).parent / "commands"))
"""So each command is `python -m vae.NAME` too, on a machine that has no console command."""


def __getattr__(name: str) -> Any:
    """Imports TextVAE on first use: a command line that prints its help need not wait for torch."""
    if name == "TextVAE":
        from vae.text_vae import TextVAE  # noqa: PLC0415

        return TextVAE
    raise AttributeError(name)
