from dataclasses import FrozenInstanceError, replace

import pytest

from pipelines.read.files.input_file import InputFile


def test_an_input_file_is_a_value():
    file = InputFile(path="/blog/a.txt", name="a.txt", size=3, kind="text")
    assert {file, replace(file)} == {file}
    with pytest.raises(FrozenInstanceError):
        file.take = 3
