"""Builds a text model of any family from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.models.configs import MaskedConfig, RecurrentConfig, T5Config, TransformerConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from vae.models.configs import ModelConfig
    from vae.models.text_model import TextModel


def loaded_text_model(
    config: ModelConfig, weights: Mapping[str, Tensor], *, vocab_size: int, max_len: int, labels: Sequence[int] = ()
) -> TextModel:
    """Returns a model with the given weights.

    Raises:
        RuntimeError: the weights do not fit the model.
        ValueError, UserError, TypeError: as `text_model` does.
    """
    from vae.models.no_drawing import NoDrawing  # noqa: PLC0415  (imports torch)

    with NoDrawing():
        model = text_model(config, vocab_size=vocab_size, max_len=max_len, labels=labels)
    model.load_state_dict(weights, assign=True)
    return model


def text_model(config: ModelConfig, *, vocab_size: int, max_len: int, labels: Sequence[int] = ()) -> TextModel:
    """Returns a model with new weights.

    Args:
        config: the settings of a family of text models.
        vocab_size: the number of pieces of the tokenizer.
        max_len: the largest number of pieces of a segment, end marker included.
        labels: the number of labels in each table of labels.

    Raises:
        ValueError: the sizes do not fit each other.
        UserError: a library that the family needs is not installed.
        TypeError: the family does not model texts.
    """
    # The models are imported here, so that settings can be read without waiting for torch.
    if isinstance(config, RecurrentConfig):
        from vae.models.recurrent import RecurrentVAE  # noqa: PLC0415

        return RecurrentVAE(config, vocab_size=vocab_size, max_len=max_len, labels=labels)
    if isinstance(config, TransformerConfig):
        from vae.models.transformer import TransformerVAE  # noqa: PLC0415

        return TransformerVAE(config, vocab_size=vocab_size, max_len=max_len, labels=labels)
    if isinstance(config, T5Config):
        from vae.models.t5 import T5VAE  # noqa: PLC0415

        return T5VAE(config, vocab_size=vocab_size, max_len=max_len, labels=labels)
    if isinstance(config, MaskedConfig):
        from vae.models.masked import MaskedVAE  # noqa: PLC0415

        return MaskedVAE(config, vocab_size=vocab_size, max_len=max_len, labels=labels)
    raise TypeError(f"{type(config).__name__} is not of a family of text models")
