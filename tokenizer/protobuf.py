"""The part of protobuf's wire format that renumbering the pieces of a SentencePiece model needs.

The message classes that SentencePiece ships require a newer protobuf than Beam allows. The format is described at
https://protobuf.dev/programming-guides/encoding; the field numbers are those of sentencepiece_model.proto.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the number and the bytes, key included, of every field of a well-formed message, in order."""
    place = 0
    while place < len(message):
        start = place
        key, place = _read_varint(message, place)
        length = {_FIXED64: 8, _FIXED32: 4}.get(key & 7, 0)
        if key & 7 in {_VARINT, _BYTES}:
            value, place = _read_varint(message, place)
            length = value if key & 7 == _BYTES else 0
        place += length
        yield key >> 3, message[start:place]


def field(number: int, value: float | str | bytes) -> bytes:
    """Returns the bytes of one field: an int is a varint, a float has 32 bits, text and bytes follow their length."""
    if isinstance(value, float):
        return _varint(number << 3 | _FIXED32) + struct.pack("<f", value)
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    """Returns the number at a place, and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place
