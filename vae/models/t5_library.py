"""Imports all that the t5 family needs of transformers, or says that this optional extra is not installed."""

from __future__ import annotations

from vae.errors import UserError

try:
    from transformers import DynamicCache, EncoderDecoderCache, T5ForConditionalGeneration, T5Model
    from transformers import T5Config as Architecture
    from transformers.utils import cached_file
    from transformers.utils.logging import disable_progress_bar
except ImportError as error:
    raise UserError("a model of the t5 family needs transformers: pip install 'blogvae[t5]'") from error

__all__ = [
    "Architecture",
    "DynamicCache",
    "EncoderDecoderCache",
    "T5ForConditionalGeneration",
    "T5Model",
    "cached_file",
    "disable_progress_bar",
]
