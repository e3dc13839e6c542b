import pytest

from vae.language.language import language
from vae.variation.compounds import compounds_in, keeps_compounds
from vae.variation.phrases import Phrase
from vae.variation.words import Words

ENGLISH = language("en")


def words_in(text):
    own = tuple(text.split())
    return Words(own, (None,) * len(own))


def compounds(text, of=ENGLISH):
    words = words_in(text)
    return [" ".join(words.words[start:end]) for start, end in compounds_in(words, of)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two car parks have closed.", ["car parks"]),
        ("They carried out the plan.", ["carried out"]),
        ("“Post offices,” she said.", ["“Post offices,”"]),
        ("We sold the car. Park rangers came.", []),
        ("She lives at a good time of life.", ["good time"]),
    ],
)
def test_compounds_are_found_in_any_form_and_not_across_marks(text, found):
    assert compounds(text) == found


def test_a_language_without_a_lexicon_has_no_compounds():
    assert compounds("Two car parks have closed.", language("xx")) == []


def keeps(text, start, end, new, of=ENGLISH):
    words = words_in(text)
    return keeps_compounds(Phrase(start, end, tuple(new.split())), words, compounds_in(words, of), of)


@pytest.mark.parametrize(
    ("text", "start", "end", "new"),
    [
        ("The car park is full.", 1, 2, "automobile"),
        ("It allows for changes.", 1, 2, "enables"),
        ("We did it just as they did.", 3, 4, "only"),
    ],
)
def test_a_part_of_a_compound_is_not_replaced_alone(text, start, end, new):
    assert not keeps(text, start, end, new)


@pytest.mark.parametrize(
    ("text", "start", "end", "new"),
    [
        ("The car park is full.", 1, 3, "parking lot"),
        ("The car is full.", 1, 2, "automobile"),
        ("We saw electric cars there.", 3, 4, "vehicles"),
        ("For example, we saw cars.", 1, 2, "instance"),
        ("I have on my desk a lamp.", 0, 2, "I've"),
    ],
)
def test_a_compound_may_be_replaced_as_a_whole_or_keep_its_meaning(text, start, end, new):
    assert keeps(text, start, end, new)
