import re

import pytest

from vae.errors import UserError
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow

TEXTS = ["Then the train paints the brighter cat.", "The brighter birds prints 34 kettle.", "Window prints."]


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_the_same_seed_gives_the_same_variations(model, sentences):
    texts = sentences[450:470]
    first = model.vary(texts, n=3, at_least=0.0, seed=7)
    assert model.vary(texts, n=3, at_least=0.0, seed=7) == first
    assert model.vary(texts, n=3, at_least=0.0, seed=8) != first
    assert [len(row) for row in first] == [3] * 20
    assert any(variation.segments_changed for row in first for variation in row)


def test_variations_of_a_text_do_not_depend_on_the_others(model, sentences):
    texts = sentences[450:460]
    assert [model.vary([text], n=2, at_least=0.0)[0] for text in texts] == model.vary(texts, n=2, at_least=0.0)
    assert [row[:1] for row in model.vary(texts, n=2, at_least=0.0)] == model.vary(texts, n=1, at_least=0.0)


@pytest.mark.parametrize("strategy", ["neighbour", "posterior", "resample-slots", "prior"])
def test_numbers_and_urls_of_the_source_survive(model, sentences, strategy):
    texts = [" ".join(sentences[start : start + 4]) for start in range(400, 440, 4)]
    varied = model.vary(texts, n=3, change=0.4, at_least=0.0, strategy=strategy)

    def spans(text):
        return sorted(re.findall(r"https://\w+\.org/\d\b|\d+", text))

    pairs = [(text, variation.text) for text, row in zip(texts, varied, strict=True) for variation in row]
    assert [pair for pair in pairs if spans(pair[0]) != spans(pair[1])] == []
    assert sum(text != variation for text, variation in pairs) > len(pairs) // 4


def test_more_change_asked_is_more_change_had(model, sentences):
    def had(change):
        rows = model.vary(sentences[400:450], n=2, change=change, at_least=0.0)
        return sum(variation.change for row in rows for variation in row) / 100

    assert had(0.1) < had(0.3) < had(0.6)


def test_a_strategy_that_does_not_exist_is_told(model):
    with pytest.raises(UserError, match=r"^no strategy 'posteriour'; did you mean 'posterior'\?$"):
        model.vary(TEXTS, strategy="posteriour")


def test_a_word_too_long_is_kept(model):
    word = "supercalifragilistic" * 4
    for variation in model.vary([f"The cats paints the {word} letters."], n=5, at_least=0.0)[0]:
        assert word in variation.text.split()


def test_no_text_has_no_variation(model):
    assert model.vary([], n=2) == []
    assert [variation.text for variation in model.vary([" "], n=2)[0]] == ["", ""]
