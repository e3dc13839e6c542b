"""Makes a VAE that starts from the weights of a trained T5."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from sentencepiece import SentencePieceProcessor

from tokenizer.protect import PLACEHOLDERS
from tokenizer.tokenizer import BOS, EOS, PAD, UNK, Tokenizer
from vae.errors import UserError
from vae.models.t5 import T5VAE
from vae.models.t5_library import Architecture, T5ForConditionalGeneration, cached_file, disable_progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.models.configs import T5Config

log = logging.getLogger("blogvae")

_MODEL_TYPES = ("t5", "mt5")
"""The values of `model_type` in config.json of models that have T5's layers and names of weights."""

SHAPE = (
    *("d_model", "d_kv", "d_ff", "num_layers", "num_decoder_layers", "num_heads", "feed_forward_proj"),
    *("relative_attention_num_buckets", "relative_attention_max_distance", "layer_norm_epsilon"),
)
"""The settings of transformers that a T5 is built from, without vocabulary and dropout."""


def start_from_t5(config: T5Config, tokenizer: Tokenizer, *, max_len: int, labels: Sequence[int] = ()) -> T5VAE:
    """Returns a VAE with the encoder, decoder and embedding of the T5 that `config.source` names.

    The config of the VAE has the architecture of this T5, and names a source folder by the last part of its path only,
    since the path is this machine's. Each piece of the tokenizer gets the row that T5's embedding has for it.
    Placeholders, which T5 does not have, get rows drawn with the mean and spread of T5's rows (Hewitt 2021).

    Raises:
        UserError: the source is not a T5 with a SentencePiece model, or the tokenizer has pieces that T5 does not have.
    """
    t5, spiece = _read(config.source)
    rows = _rows(tokenizer, spiece, t5, config.source)
    shape = {name: getattr(t5.config, name) for name in SHAPE}
    # transformers scales the scores by this setting: a T5 that shares its embedding with its output layer does.
    shape["tie_word_embeddings"] = t5.config.scale_decoder_outputs
    config = replace(config, source=_name(config.source), architecture=json.dumps(shape))
    model = T5VAE(config, vocab_size=tokenizer.vocab_size, max_len=max_len, labels=labels)
    for ours, theirs in ((model.encoder, t5.encoder), (model.decoder, t5.decoder)):
        theirs.embed_tokens = None
        ours.load_state_dict(theirs.state_dict())
    model.memory_norm.load_state_dict(t5.encoder.final_layer_norm.state_dict())
    if model.input_embedding is None:
        model.embedding.weight.data = _table(t5.shared.weight, rows)
    else:
        model.input_embedding.weight.data = _table(t5.shared.weight, rows)
        model.embedding.weight.data = _table(t5.lm_head.weight, rows)
    return model


def _folder(source: str) -> Path | None:
    """Returns the folder of the source, None for a name on the hub."""
    folder = Path(source).expanduser()
    return folder if folder.is_dir() else None


def _name(source: str) -> str:
    """Returns the last part of the path of a folder; a name on the hub as it is."""
    folder = _folder(source)
    return folder.resolve().name if folder else source


def _read(source: str) -> tuple[T5ForConditionalGeneration, Path]:
    """Returns the T5 that the source names, and the path of its SentencePiece model."""
    # The progress bars and warnings of the libraries would mix with our own log.
    disable_progress_bar()
    for name in ("transformers", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)
    path = _path(source)
    kind = _checked(source, lambda: Architecture.get_config_dict(path)[0]).get("model_type")
    if kind not in _MODEL_TYPES:
        problem = f"config.json says model_type {kind!r}" if kind else "there is no config.json with a model_type"
        raise UserError(f"--init t5:{source} needs a T5, but {problem}; name a model of blogvae's own without t5:")
    load = partial(T5ForConditionalGeneration.from_pretrained, dtype=torch.float32, output_loading_info=True)
    t5, loaded = _checked(source, lambda: load(path))
    if loaded["missing_keys"]:
        raise UserError(f"{source} is not a complete T5: it lacks {min(loaded['missing_keys'])}; download it again")
    return t5, Path(_checked(source, lambda: cached_file(path, "spiece.model")))


def _path(source: str) -> str:
    """Returns what transformers loads the source from: the path of the folder, or the name on the hub."""
    folder = _folder(source)
    if folder:
        return str(folder)
    if source.startswith(("/", ".", "~")) or source.count("/") > 1:
        raise UserError(
            f"--init t5:{source}: no such folder; give that of a T5, or a name on the hub like google/flan-t5-small"
        )
    log.info("there is no folder %s: looking for it on the hub and in its cache", source)
    return source


def _checked(source: str, read: Callable[[], Any]) -> Any:
    """Returns what `read` returns; turns every error of it into a UserError about the source."""
    try:
        return read()
    except Exception as error:  # the hub, safetensors and others raise their own types
        problem = str(error).strip().partition("\n")[0].rstrip(".")
        if _folder(source):
            raise UserError(f"{source} is not a complete T5 (config.json, weights, spiece.model): {problem}") from error
        raise UserError(
            f"{source} is not a folder, and no T5 came from the hub: {problem}; on a machine with a network, run "
            f"`hf download {source} --local-dir FOLDER`, then --init t5:FOLDER"
        ) from error


def _rows(tokenizer: Tokenizer, spiece: Path, t5: T5ForConditionalGeneration, source: str) -> list[int]:
    """Returns the row of T5's embedding for each piece of the tokenizer, -1 where T5 has none."""
    own, theirs = _pieces(tokenizer.model), _pieces(spiece.read_bytes())
    if len(theirs) > len(t5.shared.weight):
        raise UserError(f"{spiece} has {len(theirs)} pieces, but the T5 beside it has {len(t5.shared.weight)} rows")
    numbers = {piece: number for number, piece in enumerate(theirs)}
    unknown = set(own[EOS + 1 :]) - numbers.keys() - set(PLACEHOLDERS.values())
    if unknown:
        raise UserError(
            f"the dataset has {len(unknown)} pieces that {source} does not know, such as {min(unknown)!r}: "
            f"prepare with --tokenizer {spiece}"
        )
    processor = SentencePieceProcessor(model_file=str(spiece))
    first = t5.config.decoder_start_token_id
    special = {
        PAD: processor.pad_id(),
        UNK: processor.unk_id(),
        BOS: processor.pad_id() if first is None else first,
        EOS: processor.eos_id(),
    }
    return [special[number] for number in sorted(special)] + [numbers.get(piece, -1) for piece in own[EOS + 1 :]]


def _pieces(model: bytes) -> list[str]:
    """Returns the pieces of a SentencePiece model, in the order of their numbers."""
    processor = SentencePieceProcessor.from_proto(model)
    pieces: list[str] = processor.id_to_piece(list(range(processor.get_piece_size())))
    return pieces


def _table(weight: Tensor, rows: list[int]) -> Tensor:
    """Returns the given rows of the weight; where a row is -1, one drawn with their mean and standard deviation."""
    index = torch.tensor(rows)
    copied = weight.detach()[index.clamp(min=0)]
    of_t5 = copied[index >= 0]
    drawn = of_t5.mean(0) + of_t5.std(0) * torch.randn(copied.shape)
    return torch.where(index[:, None] >= 0, copied, drawn)
