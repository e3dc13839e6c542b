import numpy as np
import pytest
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.errors import UserError
from vae.teaching.text_windows import TextWindows

STREAM = [BOS, 10, 11, EOS, 12, 13, 14, EOS, BOS, 20, 21, EOS, 30]


def file_of(folder, ids):
    path = folder / "train.u16"
    np.array(ids, np.uint16).tofile(path)
    return path


def test_windows_begin_where_segments_begin(tmp_path):
    prose = TextWindows(file_of(tmp_path, STREAM), longest=4, vocab_size=40)
    batch = prose.draw(50, 4, generator=np.random.default_rng(0), device=torch.device("cpu"))
    assert set(map(tuple, batch.ids.tolist())) == {
        (10, 11, EOS, 12),
        (12, 13, 14, EOS),
        (BOS, 20, 21, EOS),
        (20, 21, EOS, 30),
    }
    assert batch.lengths.tolist() == [4] * 50


@pytest.mark.parametrize(
    ("ids", "longest", "vocab_size", "error"),
    [
        ([BOS, 10], 4, 40, "no segment of 4 pieces"),
        (STREAM, 4, 30, "another tokenizer: id 30 of 30"),
        ([], 4, 40, "no file of pieces"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, ids, longest, vocab_size, error):
    with pytest.raises(UserError, match=error):
        TextWindows(file_of(tmp_path, ids), longest=longest, vocab_size=vocab_size)
