"""Makes a tokenizer of any SentencePiece model: special ids come first, and placeholders are pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceProcessor

from tokenizer.protect import PLACEHOLDERS, PROTECTED_KINDS
from tokenizer.protobuf import field, read_fields
from tokenizer.tokenizer import BOS, EOS, PAD, UNK, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Collection

# Field numbers and values in sentencepiece_model.proto.
_PIECES, _TRAINER_SPEC = 1, 2
_PIECE, _SCORE, _TYPE = 1, 2, 3
_CONTROL, _USER_DEFINED = 3, 4
_VOCAB_SIZE = 4
_SPECIAL = {UNK: (40, 45), BOS: (41, 46), EOS: (42, 47), PAD: (43, 48)}
"""For each special id, the field numbers of its id and of its piece in the trainer spec."""

_NEW_SPECIAL = {PAD: "<pad>", BOS: "<s>", EOS: "</s>"}
_CROSSES_SPACE = re.compile("[^\u2581]\u2581+[^\u2581]")


def adopt(model: bytes, *, protects: Collection[str] = PROTECTED_KINDS) -> Tokenizer:
    """Returns a tokenizer with the pieces of a model that was trained elsewhere, such as that of T5 or of Llama.

    Pad, unk, bos and eos get the ids 0 to 3, and are added where the model lacks them. All other pieces keep their
    order. Placeholders of `protects` that the model lacks are added at the end; others that it has stay. A text without
    placeholders is cut into the same pieces as before. A model that needs no change stays the same, byte for byte.

    Args:
        model: a serialized SentencePiece model.
        protects: the kinds of spans that get a placeholder.

    Raises:
        ValueError: the bytes are no SentencePiece model, the pieces of a text are not those of its words, or the model
            cannot have placeholders.
    """
    try:
        processor = SentencePieceProcessor.from_proto(model)
        names: list[str] = processor.id_to_piece(list(range(processor.get_piece_size())))
        old_ids = {PAD: processor.pad_id(), UNK: processor.unk_id(), BOS: processor.bos_id(), EOS: processor.eos_id()}
    except RuntimeError as error:
        raise ValueError(f"not a SentencePiece model: {error}") from error
    _check_pieces_are_of_words(processor, names)
    taken = set(names)
    missing = [PLACEHOLDERS[kind] for kind in PLACEHOLDERS if kind in protects and PLACEHOLDERS[kind] not in taken]
    if missing or any(new_id != old_id for new_id, old_id in old_ids.items()):
        model = _renumbered(model, names, old_ids, missing)
    tokenizer = Tokenizer(model)
    if unprotected := sorted(set(protects) - tokenizer.protects):
        raise ValueError(f"this model has no use for a placeholder: it cannot protect {', '.join(unprotected)}")
    return tokenizer


def _renumbered(model: bytes, names: list[str], old_ids: dict[int, int], missing: list[str]) -> bytes:
    """Returns the model with its special pieces first and the missing placeholders last.

    Args:
        model: a serialized SentencePiece model.
        names: its pieces.
        old_ids: its id of each special piece, -1 where it lacks the piece, by our id.
        missing: placeholders to add.
    """
    fields = list(read_fields(model))
    pieces = [raw for number, raw in fields if number == _PIECES]
    rest = [raw for number, raw in fields if number != _PIECES]
    special = {
        new_id: names[old_id] if old_id >= 0 else _free_name(_NEW_SPECIAL[new_id], set(names))
        for new_id, old_id in sorted(old_ids.items())
    }
    ordered = [
        pieces[old_ids[new_id]] if old_ids[new_id] >= 0 else _new_piece(name, _CONTROL)
        for new_id, name in special.items()
    ]
    ordered += [raw for old_id, raw in enumerate(pieces) if old_id not in old_ids.values()]
    ordered += [_new_piece(placeholder, _USER_DEFINED) for placeholder in missing]
    # A reader merges a second trainer spec with the first one; the values of the second win.
    spec = field(_VOCAB_SIZE, len(ordered)) + b"".join(
        field(_SPECIAL[new_id][0], new_id) + field(_SPECIAL[new_id][1], name) for new_id, name in special.items()
    )
    return b"".join([*ordered, *rest, field(_TRAINER_SPEC, spec)])


def _check_pieces_are_of_words(processor: SentencePieceProcessor, names: list[str]) -> None:
    """Checks that the pieces of a text are those of its words in a row, since segments are composed of words.

    Raises:
        ValueError: they are not.
    """
    crossing = [name for name in names if _CROSSES_SPACE.search(name)]
    if crossing:
        raise ValueError(
            f"this model has {len(crossing)} pieces across spaces, such as {crossing[0]!r}: "
            "choose one trained with split_by_whitespace"
        )
    words = (name.strip("\u2581") for name in names)
    word = next((word for word in words if word.isalpha()), "a")
    if processor.encode(f"{word} {word}") != 2 * processor.encode(word):
        raise ValueError(
            "this model has other pieces for a word after a space than for the same word at the beginning: "
            "choose one trained with add_dummy_prefix and escape_whitespaces"
        )


def _free_name(name: str, taken: set[str]) -> str:
    """Returns the name in as many angle brackets as it takes to be none of the taken ones."""
    while name in taken:
        name = f"<{name}>"
    return name


def _new_piece(name: str, type_: int) -> bytes:
    return field(_PIECES, field(_PIECE, name) + field(_SCORE, 0.0) + field(_TYPE, type_))
