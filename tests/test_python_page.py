"""docs/python.md shows what the shipped model does."""

import doctest
import re
from pathlib import Path

import pytest

from vae import TextVAE

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[1] / "docs/python.md"


def test_the_examples_give_what_the_page_shows():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)
    assert failed == 0
    assert attempted == PAGE.read_text().count("\n>>> ")


def test_the_dataset_is_varied_as_the_page_says():
    pytest.importorskip("datasets", reason="Hugging Face datasets is not installed")
    (example,) = re.findall(r"```python\n(from datasets .*?)```", PAGE.read_text(), re.DOTALL)
    text = "The train was completely full, so we did not sit together and it is still a good story."
    names = {"model": TextVAE.load("base-en"), "text": text}
    exec(example, names)
    assert names["augmented"].to_dict() == {
        "text": [
            "The train was entirely full, so we did not sit together and it's still a good story.",
            "The train was entirely full, so we didn't sit together and it is still a good story.",
        ],
        "label": ["rail", "rail"],
    }
