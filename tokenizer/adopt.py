"""Any SentencePiece model made one of ours: special ids first, placeholders among its pieces."""

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
"""Of each special id, the numbers of its id and of its piece in the trainer spec."""

_NEW = {PAD: "<pad>", BOS: "<s>", EOS: "</s>"}
_CROSSES_SPACE = re.compile("[^\u2581]\u2581+[^\u2581]")


def adopt(model: bytes, *, protects: Collection[str] = PROTECTED_KINDS) -> Tokenizer:
    """Renumbers the pieces of a model trained elsewhere: a T5's, say, or a Llama's.

    Pad, unk, bos and eos become 0 to 3, made where the model lacks them; all other pieces keep their order, and last
    come the placeholders of `protects` that it lacks. Those that it has stay. A text without placeholders is cut into
    the same pieces as before. A model that is as asked already comes back byte for byte.

    Raises:
        ValueError: the bytes are no SentencePiece model, or its pieces are not those of words between spaces.
    """
    try:
        processor = SentencePieceProcessor.from_proto(model)
        names: list[str] = processor.id_to_piece(list(range(processor.get_piece_size())))
        old = {PAD: processor.pad_id(), UNK: processor.unk_id(), BOS: processor.bos_id(), EOS: processor.eos_id()}
    except RuntimeError as error:
        raise ValueError(f"not a SentencePiece model: {error}") from error
    _check(processor, names)
    taken = set(names)
    missing = [PLACEHOLDERS[kind] for kind in PLACEHOLDERS if kind in protects and PLACEHOLDERS[kind] not in taken]
    if missing or any(number != place for number, place in old.items()):
        fields = list(read_fields(model))
        pieces = [raw for number, raw in fields if number == _PIECES]
        rest = [raw for number, raw in fields if number != _PIECES]
        special = {number: _free(_NEW[number], taken) if old[number] < 0 else names[old[number]] for number in old}
        ordered = [pieces[old[n]] if old[n] >= 0 else _new_piece(special[n], _CONTROL) for n in sorted(old)]
        ordered += [raw for place, raw in enumerate(pieces) if place not in old.values()]
        ordered += [_new_piece(placeholder, _USER_DEFINED) for placeholder in missing]
        # A second message of the same number is merged with the first, and wins.
        spec = field(_VOCAB_SIZE, len(ordered)) + b"".join(
            field(_SPECIAL[n][0], n) + field(_SPECIAL[n][1], special[n]) for n in sorted(special)
        )
        model = b"".join([*ordered, *rest, field(_TRAINER_SPEC, spec)])
    tokenizer = Tokenizer(model)
    if lacking := sorted(set(protects) - tokenizer.protects):
        raise ValueError(f"this model has no use for a placeholder: it cannot protect {', '.join(lacking)}")
    return tokenizer


def _check(processor: SentencePieceProcessor, names: list[str]) -> None:
    """Segments are put together from words, so a text's pieces must be those of its words in a row."""
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
            "this model has other pieces for a word behind a space than for the same word at the beginning: "
            "choose one trained with add_dummy_prefix and escape_whitespaces"
        )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"<{name}>"
    return name


def _new_piece(name: str, type_: int) -> bytes:
    return field(_PIECES, field(_PIECE, name) + field(_SCORE, 0.0) + field(_TYPE, type_))
