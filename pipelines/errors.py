"""The one error a user may cause; it lives where nothing heavy is imported."""

from vae.errors import UserError

__all__ = ["UserError"]
