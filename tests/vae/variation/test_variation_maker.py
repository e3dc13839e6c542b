import pytest

from tokenizer.segments import cut
from vae.decode.decoding import Decoding
from vae.errors import UserError
from vae.text_vae import TextVAE
from vae.variation.sampling import Sampling
from vae.variation.variation_maker import VariationMaker

pytestmark = pytest.mark.slow

WITH_RADIUS = ["neighbour", "posterior", "resample-slots"]


@pytest.fixture(scope="module", params=["recurrent", "masked"])
def model(request):
    return TextVAE.load(request.getfixturevalue({"recurrent": "trained", "masked": "filling"}[request.param]))


@pytest.fixture(scope="module")
def texts(model, sentences):
    """The segments of posts of four sentences each."""
    posts = [" ".join(sentences[start : start + 4]) for start in range(450, 474, 4)]
    return cut(posts, tokenizer=model.tokenizer, max_len=model.max_len)


def vary(model, texts, *, n=1, names=None, **settings):
    """Makes n variations of each text, a row for each text."""
    maker = VariationMaker(model, Sampling(**{"change": 0.3, "at_least": 0.0, **settings}))
    names = names or [str(number) for number in range(len(texts))]
    rounds = [maker(texts, keys=[(name, number) for name in names]) for number in range(n)]
    return [list(row) for row in zip(*rounds, strict=True)]


def source(text):
    return " ".join(segment.text for segment in text)


def test_the_same_seed_gives_the_same_variations(model, texts):
    assert vary(model, texts, n=2, seed=3) == vary(model, texts, n=2, seed=3)
    assert vary(model, texts, n=2, seed=3) != vary(model, texts, n=2, seed=4)


def test_a_variation_depends_neither_on_other_texts_nor_on_how_many_are_made(model, texts):
    together = vary(model, texts[:3], n=2)
    assert [vary(model, [text], names=[str(number)], n=2)[0] for number, text in enumerate(texts[:3])] == together
    maker = VariationMaker(model, Sampling(change=0.3, at_least=0.0))
    assert maker(texts[:1], keys=[("0", 1)]) == [together[0][1]]


@pytest.mark.parametrize("strategy", ["neighbour", "prior"])
def test_it_tells_of_each_variation_that_it_makes(model, texts, strategy):
    told = []
    maker = VariationMaker(model, Sampling(strategy=strategy, at_least=0.0), made=told.append)
    maker(texts[:2], keys=[("a", 1), ("b", 0)])
    assert told == (["a", "b"] if strategy == "prior" else ["a", "a", "b"])


@pytest.mark.parametrize("strategy", WITH_RADIUS)
def test_edits_stay_within_the_change_and_name_the_words_that_changed(model, texts, strategy):
    for (found,), text in zip(vary(model, texts, strategy=strategy), texts, strict=True):
        words = [segment.protected.masked.split() for segment in text]
        count = sum(map(len, words))
        assert sum(max(len(edit.old.split()), len(edit.new.split())) for edit in found.edits) <= 0.3 * count + 0.5
        assert found.edits
        for edit in found.edits:
            old = words[edit.segment][edit.start : edit.start + len(edit.old.split())]
            assert " ".join(old) == edit.old != edit.new
            assert 0 <= edit.probability <= 1
            assert edit.new in found.segments[edit.segment]
        assert found.change > 0
        assert found.segments_changed == sum(a != b.text for a, b in zip(found.segments, text, strict=True))


def test_variations_of_a_text_differ(model, texts):
    rows = vary(model, texts, n=3)
    assert all(len({each.text for each in row if each.edits}) == sum(bool(each.edits) for each in row) for row in rows)
    assert sum(bool(each.edits) for row in rows for each in row) > 12


def test_a_text_of_two_exchanges_or_more_has_three_variations(model, texts):
    rows = [row for row in vary(model, texts, n=3, at_least=0.0) if len(row[0].edits) > 1]
    assert rows
    assert all(len({variation.text for variation in row if variation.edits}) == 3 for row in rows)


def test_edits_are_at_least_as_probable_as_required_and_a_text_without_any_says_why(model, texts):
    free = [each for (each,) in vary(model, texts)]
    probable = sorted(edit.probability for each in free for edit in each.edits)
    floor = probable[len(probable) // 2]
    for (found,) in vary(model, texts, at_least=floor):
        assert all(edit.probability >= floor - 1e-4 for edit in found.edits)
    for (found,), text in zip(vary(model, texts, at_least=1.0), texts, strict=True):
        assert (found.text, found.edits) == (source(text), ())
        assert found.why_short.startswith("its best exchange is accepted with probability 0.")
        assert found.why_short.endswith("below --at-least 1.0")


@pytest.mark.parametrize(
    ("text", "settings", "why"),
    [
        ("<3 2024 https://a.org/1", {}, "no word of it has another that would fit"),
        ("The quiet cat paints dogs.", {"change": 0.05}, "5% of 5 words is less than one"),
        ("a" * 400, {}, "it holds no words that a model may vary"),
        ("", {}, "it holds no words that a model may vary"),
    ],
    ids=["signs", "little", "long", "empty"],
)
def test_a_text_that_stays_says_why(model, text, settings, why):
    cut_text = cut([text], tokenizer=model.tokenizer, max_len=model.max_len)
    ((found,),) = vary(model, cut_text, **settings)
    assert (found.text, found.change) == (source(cut_text[0]), 0.0)
    assert found.why_short.startswith(why)


def test_a_text_in_a_language_that_the_model_does_not_know_stays_and_says_why(model, texts):
    english = TextVAE(model.module, model.tokenizer, model.settings, languages=["en"])
    maker = VariationMaker(english, Sampling(at_least=0.0))
    (found,) = maker(texts[:1], keys=[("a", 0)], languages=["fi"])
    assert (found.text, found.why_short) == (source(texts[0]), "the text's language is 'fi', and the model knows en")


def test_required_words_stay_and_banned_ones_are_not_used(model, texts):
    free = [edit for (found,) in vary(model, texts) for edit in found.edits]
    required = {edit.old.strip(".").casefold() for edit in free}
    banned = tuple({edit.new.strip(".").casefold() for edit in free})
    kept = vary(model, texts, required=tuple(required))
    assert not any(edit.old.strip(".").casefold() in required for (found,) in kept for edit in found.edits)
    without = vary(model, texts, decoding=Decoding(banned=banned))
    assert not any(edit.new.strip(".").casefold() in banned for (found,) in without for edit in found.edits)


def test_a_share_of_the_segments_is_varied(model, texts):
    for number, text in enumerate(texts):
        ((found,),) = vary(model, [text], names=[str(number)], vary_share=0.5)
        varied = sum(bool(segment.ids) for segment in text)
        assert found.segments_changed <= -(-varied // 2)


def test_the_prior_gives_whole_texts_without_edits(model, texts):
    rows = vary(model, texts, strategy="prior", n=2)
    assert any(first.text != second.text for first, second in rows)
    assert all(found.edits == () for row in rows for found in row)


def test_a_strategy_without_what_it_needs_is_refused(model):
    with pytest.raises(UserError, match="interpolate needs latents of posts"):
        VariationMaker(model, Sampling(strategy="interpolate"))
