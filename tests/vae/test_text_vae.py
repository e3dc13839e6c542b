import doctest
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import vae.loaded_model
import vae.text_vae
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


def test_the_variations_of_a_text_do_not_depend_on_other_texts_or_on_their_number(model, sentences):
    texts = sentences[450:460]
    assert [model.vary([text], n=2, at_least=0.0)[0] for text in texts] == model.vary(texts, n=2, at_least=0.0)
    assert [row[:1] for row in model.vary(texts, n=2, at_least=0.0)] == model.vary(texts, n=1, at_least=0.0)


@pytest.mark.parametrize("strategy", ["neighbour", "posterior", "resample-slots", "prior"])
def test_a_variation_has_the_numbers_and_urls_of_its_source(model, sentences, strategy):
    texts = [" ".join(sentences[start : start + 4]) for start in range(400, 440, 4)]
    varied = model.vary(texts, n=3, change=0.4, at_least=0.0, strategy=strategy)

    def spans(text):
        return sorted(re.findall(r"https://\w+\.org/\d\b|\d+", text))

    pairs = [(text, variation.text) for text, row in zip(texts, varied, strict=True) for variation in row]
    assert [pair for pair in pairs if spans(pair[0]) != spans(pair[1])] == []
    assert sum(text != variation for text, variation in pairs) > len(pairs) // 4


def test_a_larger_limit_gives_more_change(model, sentences):
    def mean_change(change):
        rows = model.vary(sentences[400:450], n=2, change=change, at_least=0.0)
        return sum(variation.change for row in rows for variation in row) / 100

    assert mean_change(0.1) < mean_change(0.3) < mean_change(0.6)


def test_the_error_of_an_unknown_strategy_names_the_nearest_one(model):
    with pytest.raises(UserError, match=r"^no strategy 'posteriour'; did you mean 'posterior'\?$"):
        model.vary(TEXTS, strategy="posteriour")


def test_a_word_that_is_too_long_for_a_segment_is_kept(model):
    word = "supercalifragilistic" * 4
    for variation in model.vary([f"The cats paints the {word} letters."], n=5, at_least=0.0)[0]:
        assert word in variation.text.split()


def test_no_texts_have_no_variations_and_an_empty_text_has_empty_ones(model):
    assert model.vary([], n=2) == []
    assert [variation.text for variation in model.vary([" "], n=2)[0]] == ["", ""]


def test_interpolation_goes_from_one_text_to_the_other(model):
    path = model.interpolate(TEXTS[0], TEXTS[2], steps=9)
    assert len(path) == 9
    assert [path[0], path[-1]] == model.decode(model.encode([TEXTS[0], TEXTS[2]]).mean)


def test_a_path_of_one_step_is_refused(model):
    with pytest.raises(ValueError, match="a path of 1 steps has no two ends"):
        model.interpolate(*TEXTS[:2], steps=1)


def test_the_examples_are_what_the_shipped_model_makes():
    for module, examples in ((vae.text_vae, 9), (vae.loaded_model, 5)):
        assert doctest.testmod(module) == (0, examples)


def test_paragraphs_stay_paragraphs(model, sentences):
    text = f"{sentences[450]}\n\n{sentences[451]}\n{sentences[452]}\n \n\n{sentences[453]}\n"
    for variation in model.vary([text], n=3, at_least=0.0)[0]:
        first, second, third = re.split(r"\n\n|\n \n\n", variation.text)
        assert re.findall(r"\n\s*", variation.text) == ["\n\n", "\n \n\n"]
        assert len(f"{first} {second} {third}".split()) == len(text.split())


def test_a_text_in_another_language_stays_and_says_why(trained):
    model = TextVAE.load(trained)
    model.languages = ("en",)
    text = "Heute Morgen sind wir zum Hafen gegangen und haben frisches Brot gekauft."
    [[variation]] = model.vary([text], n=1, at_least=0.0)
    assert variation.text == text
    assert variation.why_short == "the text's language is 'de', and the model knows en"


@pytest.fixture(params=["trained", "filling"])
def folder(request):
    """The folder of a model of each kind."""
    return request.getfixturevalue(request.param)


def test_a_pickle_of_a_model_makes_the_same_variations(folder, sentences):
    model = TextVAE.load(folder)
    expected = model.vary(sentences[450:460], n=2, at_least=0.0)
    pickled = pickle.dumps(model)
    read = pickle.loads(pickled)
    assert read.vary(sentences[450:460], n=2, at_least=0.0) == expected
    assert read.sha256 == model.sha256
    assert len(pickle.dumps(TextVAE.load(folder))) == pytest.approx(len(pickled), rel=0.01)


def test_threads_that_share_a_model_make_the_variations_of_one_thread(folder, sentences):
    texts = sentences[450:462]
    expected = TextVAE.load(folder).vary(texts, n=2, at_least=0.0)
    shared = TextVAE.load(folder)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda text: shared.vary([text], n=2, at_least=0.0)[0], texts)) == expected
