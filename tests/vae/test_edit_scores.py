from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.edit_scores import DECODED, EACH_WORD, LEAST_NEAR, MEAN_LOG_P, MOST_FLUENT, NEAR, SAME_FORM, EditScores
from vae.edited_text import EditedText
from vae.edits import Edit, edits
from vae.ngrams import NGrams
from vae.word_forms import inflection
from vae.word_hashes import EDGE, bare, hashes, tokens

CORPUS = [
    *("The quiet cat cleans the lamp.", "The quiet dog cleans the lamp.", "The small dog paints the window."),
    *("Then the cat paints the lamp.", "The bird counts letters.", "The dog mends the kettle."),
]
SOURCE = "The quiet cat cleans the lamp."
NGRAMS = NGrams.of(CORPUS)


@pytest.fixture(scope="module")
def vectors(tokenizer):
    return np.random.default_rng(0).standard_normal((tokenizer.vocab_size, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def scores(tokenizer):
    """Scores by which all words of one piece are used alike."""
    return EditScores(NGRAMS, np.ones((tokenizer.vocab_size, 5), np.float32), tokenizer)


@pytest.fixture(scope="module")
def make_scores(tokenizer):
    """Scores by which the vectors of cat and dog have this cosine."""

    def make(cosine):
        table = np.ones((tokenizer.vocab_size, 2), np.float32)
        (cat,), (dog,) = tokenizer.encode(["cat", "dog"])
        table[cat], table[dog] = (2.0, 0.0), (3 * cosine, 3 * np.sqrt(1 - cosine**2))
        return EditScores(NGRAMS, table, tokenizer)

    return make


def score(scores, source, edit):
    return scores(EditedText(source.split()), [edit]).tolist()[0]


def directly(text, changed, edit, *, ngrams, vectors, tokenizer):
    """The score by its definition, from the whole text before and behind the edit."""

    def log_p(whole):
        return ngrams.log_p(hashes([EDGE, *tokens(str(whole)), EDGE])).astype(float).sum()

    def unit(word):
        (ids,) = tokenizer.encode([bare(word)])
        found = vectors[ids[0]] if len(ids) == 1 else np.zeros(vectors.shape[1])
        return found / (np.linalg.norm(found) or 1)

    old, new = text.words[edit.start : edit.end], edit.words
    before, behind = text.around(edit)
    beside = any(bare(one) == bare(other) for one, other in pairwise([before[-1], *new, behind[0]]))
    if beside or not ngrams.knows(new).all():
        return -np.inf
    fluent = min(log_p(changed) - log_p(text) - MEAN_LOG_P * (len(new) - len(old)), MOST_FLUENT)
    first, second = (sum(map(unit, words)) for words in (old, new))
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second) or 1)
    if cosine < LEAST_NEAR:
        return -np.inf
    alike = inflection(bare(old[-1])) == inflection(bare(new[-1]))
    longer = max(len(old), len(new)) - 1
    return fluent + NEAR * cosine + SAME_FORM * alike - EACH_WORD * longer + DECODED * edit.log_p


WORDS = "Windows quiet small cat dog lamp, cleaned painted. prints! xyz".split()
OTHERS = "birds boat counts soft mended zyx trains".split()

texts = st.lists(st.sampled_from(WORDS), min_size=4, max_size=7)


@st.composite
def cases(draw):
    """A corpus, a text, and edits that may be made in it."""
    some = st.sampled_from([*WORDS, *OTHERS])
    corpus = [" ".join(text) for text in draw(st.lists(st.lists(some, min_size=3, max_size=9), min_size=1, max_size=3))]
    old = draw(texts)
    instead = [["soft", "birds"], *([word] for word in OTHERS)]
    kept_or_not = st.tuples(*(st.sampled_from([[word], *instead]) for word in old))
    tries = [[word for words in draw(kept_or_not) for word in words] for _ in range(2)]
    choices = [draw(st.dictionaries(some, st.floats(-20, 0), max_size=3)) for _ in old]
    return corpus, old, edits(old, tries, choices, kept=frozenset(), names=True)


@given(data=st.data(), case=cases())
def test_scores_are_those_of_the_whole_text_before_and_behind_the_edit(data, tokenizer, vectors, case):
    corpus, old, every = case
    ngrams = NGrams.of(corpus)
    made = data.draw(st.lists(st.sampled_from(every), max_size=2)) if every else []

    def as_it_stands():
        text = EditedText(old)
        for edit in made:
            if text.free(edit):
                text.make(edit)
        return text

    text = as_it_stands()
    left = [edit for edit in every if text.free(edit)]
    expected = []
    for edit in left:
        changed = as_it_stands()
        changed.make(edit)
        expected.append(directly(text, changed, edit, ngrams=ngrams, vectors=vectors, tokenizer=tokenizer))
    scores = EditScores(ngrams, vectors, tokenizer)
    assert scores(text, left) == pytest.approx(np.array(expected), abs=1e-3)
    assert scores(text, left[::-1]).tolist() == scores(text, left).tolist()[::-1]


def test_no_edits_have_no_scores(scores):
    assert scores(EditedText(SOURCE.split()), []).shape == (0,)


def test_a_word_that_was_never_seen_is_no_choice(scores):
    assert score(scores, SOURCE, Edit(2, 3, ("train",))) == -np.inf
    assert score(scores, SOURCE, Edit(1, 3, ("small", "train"))) == -np.inf
    assert score(scores, SOURCE, Edit(2, 3, ("dog",))) > -np.inf
    assert score(scores, SOURCE, Edit(1, 3, ("small", "dog"))) > -np.inf


@pytest.mark.parametrize(
    "edit",
    [
        Edit(1, 2, ("cat",)),
        Edit(2, 3, ("Quiet,",)),
        Edit(2, 3, ("dog", "dog")),
        Edit(5, 6, ("cleans.",)),
        Edit(2, 4, ("dog", "cleans")),
    ],
)
def test_a_word_beside_itself_is_no_choice(scores, edit):
    assert score(scores, SOURCE.replace("cleans the", "paints cleans"), edit) == -np.inf
    assert score(scores, SOURCE, Edit(2, 3, ("dog",))) > -np.inf


def test_a_word_may_repeat_one_of_another_sentence(scores):
    assert score(scores, "The dog mends quiet kettle. Cat cleans lamp.", Edit(5, 6, ("kettle",))) > -np.inf
    assert score(scores, "The dog mends quiet kettle, Cat cleans lamp.", Edit(5, 6, ("kettle",))) == -np.inf


def test_what_stands_beside_is_judged_as_it_stands(scores):
    text = EditedText(SOURCE.split())
    edit = Edit(2, 3, ("dog",))
    before = scores(text, [edit])
    text.make(Edit(1, 2, ("bird",)))
    assert scores(text, [edit]) != before
    text = EditedText(SOURCE.split())
    text.make(Edit(1, 2, ("dog",)))
    assert scores(text, [edit]).tolist() == [-np.inf]


def test_a_word_used_alike_is_worth_more(make_scores):
    near, far = (score(make_scores(cosine), SOURCE, Edit(2, 3, ("dog",))) for cosine in (0.9, 0.4))
    assert near - far == pytest.approx(NEAR * 0.5, rel=1e-4)


def test_a_word_used_otherwise_is_no_choice(make_scores):
    found = [score(make_scores(LEAST_NEAR + more), SOURCE, Edit(2, 3, ("dog",))) for more in (0.01, -0.01)]
    assert [nats > -np.inf for nats in found] == [True, False]


def test_a_word_of_several_pieces_is_no_choice_and_stays(scores, tokenizer):
    assert len(tokenizer.encode(["mends"])[0]) == 1 < len(tokenizer.encode(["then"])[0])
    assert score(scores, SOURCE, Edit(3, 4, ("mends",))) > -np.inf
    assert score(scores, SOURCE, Edit(3, 4, ("then",))) == -np.inf
    assert score(scores, SOURCE.replace("cleans", "then"), Edit(3, 4, ("mends",))) == -np.inf


def test_what_the_decoder_would_write_is_worth_its_log_p(scores):
    likely, unlikely = (score(scores, SOURCE, Edit(2, 3, ("dog",), log_p)) for log_p in (-1.0, -7.0))
    assert likely - unlikely == pytest.approx(6 * DECODED, rel=1e-4)
