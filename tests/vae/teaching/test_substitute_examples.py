import math

import pytest

from vae.loaded_model import LoadedModel
from vae.settings import DEFAULTS
from vae.teaching.substitute_examples import judged_places
from vae.teaching.substitution_corpora import Substitute, Target, letters_and_digits

TEXT = "Then the cat painted the bright kettle."


@pytest.fixture
def model(masked, tokenizer):
    return LoadedModel(masked, tokenizer, DEFAULTS)


def target(word, *substitutes, text=TEXT):
    start = text.index(word)
    judged = tuple(Substitute(words, words, 0.5, 10) for words in substitutes)
    return Target(text, start, start + len(word), letters_and_digits(text), judged)


def test_substitutes_of_one_piece_become_replacements_with_features(model):
    (place,) = judged_places(model, [target("cat", "dog", "bird", "zebra", "small dog", "boat")])
    assert place.words == tuple(TEXT.split())
    assert place.context == "thenthecatpaintedthebrightkettle"
    assert [each.words for each in place.substitutes] == ["dog", "bird", "boat"]
    assert [(each.start, each.end, each.new) for each in place.replacements] == [
        (2, 3, ("dog",)),
        (2, 3, ("bird",)),
        (2, 3, ("boat",)),
    ]
    assert len({(each.near_old, each.far_old) for each in place.replacements}) == 1
    log_p = [(each.near_new, each.far_new, each.near_old, each.far_old) for each in place.replacements]
    assert all(-math.inf < value < 0 for row in log_p for value in row)
    assert all(-1.001 <= cosine <= 1.001 for each in place.replacements for cosine in (each.used, each.meant))


def test_the_features_are_the_same_each_time_and_depend_on_the_text(model):
    asked = target("cat", "dog", "bird", "boat")
    other = target("cat", "dog", "bird", "boat", text="Then the cat counted letters.")
    assert judged_places(model, [asked, other])[:1] == judged_places(model, [asked])
    assert judged_places(model, [asked])[0].replacements != judged_places(model, [other])[0].replacements


@pytest.mark.parametrize(
    "left_out",
    [
        target("cat", "dog", "bird"),
        target("zebra", "dog", "bird", "boat", text="The zebra painted."),
        target("cat", "dog", "bird", "boat", text="The cat-like dog painted."),
    ],
)
def test_targets_with_few_substitutes_or_not_of_one_piece_and_one_word_are_left_out(model, left_out):
    assert judged_places(model, [left_out]) == []
