import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.decode.decoding import Decoding, decode
from vae.decode.length import EXTRA, LengthBound


def test_at_the_bound_nothing_is_left_but_the_end():
    mask = LengthBound(1.5, [[9] * 3, [9] * 2, []])  # at most 4, 3 and 0 pieces, and EXTRA
    scores = torch.arange(18.0).reshape(3, 6)
    mask(scores, torch.zeros(3, 3 + EXTRA, dtype=torch.long))
    assert scores[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert scores[1].isfinite().nonzero()[:, 0].tolist() == [EOS]
    assert scores[2].isfinite().nonzero()[:, 0].tolist() == [EOS]
    assert scores[1:, EOS].tolist() == [9.0, 15.0]


@pytest.mark.parametrize("method", ["greedy", "temperature", "beam", "mbr"])
def test_no_text_is_longer_than_its_bound(decoder, draw_latents, draw_numbers, method):
    sources = [[9] * (row % 13) for row in range(150)]
    z, numbers = draw_latents(decoder), draw_numbers()
    free = decode(decoder, z, Decoding(method=method), numbers, sources=sources)
    bound = decode(decoder, z, Decoding(method=method, length_ratio=0.9), numbers, sources=sources)
    most = [int(0.9 * len(source)) + EXTRA for source in sources]
    assert all(len(row) <= limit for row, limit in zip(bound, most, strict=True))
    assert any(len(row) > limit for row, limit in zip(free, most, strict=True))
    if method == "greedy":  # what comes is the same as far as it goes
        assert bound == [row[:limit] for row, limit in zip(free, most, strict=True)]
