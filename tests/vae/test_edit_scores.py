from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.edit_scores import COMMON, EACH_COMMON, EACH_WORD, MEAN_LOG_P, MOST_FLUENT, NEAR, SAME_ENDING, EditScores
from vae.edited_text import EditedText
from vae.edits import Edit, edits
from vae.ngrams import EDGE, NGrams, bare, hashes, tokens

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
def make_scores(tokenizer, vectors):
    """Scores of edits under the n-grams of a corpus; `near` lists pairs of words with one vector."""

    def make(corpus=CORPUS, *, near=()):
        table = vectors.copy()
        for first, second in near:
            (one,), (other,) = tokenizer.encode([first, second])
            table[one] = 3 * table[other]
        return EditScores(NGrams.of(corpus), table, tokenizer)

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
    if beside or not (ngrams.word_log_p(new) > ngrams.unseen).all():
        return -np.inf
    fluent = min(log_p(changed) - log_p(text) - MEAN_LOG_P * (len(new) - len(old)), MOST_FLUENT)
    first, second = (sum(map(unit, words)) for words in (old, new))
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second) or 1)
    common = max(*ngrams.word_log_p([*old, *new])) - COMMON
    alike = bare(old[-1])[-2:] == bare(new[-1])[-2:]
    longer = max(len(old), len(new)) - 1
    return fluent + NEAR * cosine + SAME_ENDING * alike - EACH_WORD * longer - EACH_COMMON * max(common, 0)


WORDS = "the quiet small cat dog lamp, cleaned painted. prints!".split()
RARE = " ".join(f"w{number}" for number in range(1200))
"""Beside so many words, one that was seen once or twice is rare."""

texts = st.lists(st.sampled_from(WORDS), min_size=4, max_size=9)


@st.composite
def cases(draw):
    """A corpus, a text, and edits that may be made in it."""
    corpus = [" ".join(text) for text in draw(st.lists(texts, min_size=1, max_size=4))]
    old = draw(texts)
    instead = [["small", "dog"], *([word] for word in WORDS)]
    kept_or_not = st.tuples(*(st.sampled_from([[word], *instead]) for word in old))
    tries = [[word for words in draw(kept_or_not) for word in words] for _ in range(3)]
    return [*corpus, *[RARE] * draw(st.booleans())], old, edits(old, tries, kept=frozenset(), names=True)


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


def test_no_edits_have_no_scores(make_scores):
    assert make_scores()(EditedText(SOURCE.split()), []).shape == (0,)


def test_a_word_that_was_never_seen_is_no_choice(make_scores):
    assert score(make_scores(), SOURCE, Edit(2, 3, ("zebra",))) == -np.inf
    assert score(make_scores(), SOURCE, Edit(1, 3, ("small", "zebra"))) == -np.inf
    assert score(make_scores(), SOURCE, Edit(2, 3, ("dog",))) > -np.inf


@pytest.mark.parametrize(
    "edit",
    [
        Edit(1, 2, ("cat",)),
        Edit(2, 3, ("Quiet,",)),
        Edit(2, 3, ("dog", "dog")),
        Edit(5, 6, ("the.",)),
        Edit(0, 1, ("Quiet",)),
    ],
)
def test_a_word_beside_itself_is_no_choice(make_scores, edit):
    assert score(make_scores(), SOURCE, edit) == -np.inf


def test_a_word_may_repeat_one_of_another_sentence(make_scores):
    assert score(make_scores(), "The dog mends the lamp. The cat cleans.", Edit(6, 7, ("lamp",))) > -np.inf


def test_what_stands_beside_is_judged_as_it_stands(make_scores):
    text = EditedText(SOURCE.split())
    scores = make_scores()
    edit = Edit(2, 3, ("dog",))
    before = scores(text, [edit])
    text.make(Edit(1, 2, ("small",)))
    assert scores(text, [edit]) > before
    text = EditedText(SOURCE.split())
    text.make(Edit(1, 2, ("dog",)))
    assert scores(text, [edit]).tolist() == [-np.inf]


def test_a_word_used_alike_is_worth_more(make_scores, tokenizer, vectors):
    edit = Edit(2, 3, ("dog",))
    (cat,), (dog,) = tokenizer.encode(["cat", "dog"])
    cosine = vectors[cat] @ vectors[dog] / np.linalg.norm(vectors[cat]) / np.linalg.norm(vectors[dog])
    found = score(make_scores(near=[("cat", "dog")]), SOURCE, edit) - score(make_scores(), SOURCE, edit)
    assert found == pytest.approx(NEAR * (1 - cosine), rel=1e-4)
