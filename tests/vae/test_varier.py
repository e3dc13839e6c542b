import re
from itertools import pairwise
from math import ceil

import numpy as np
import pytest

import vae.varier
from tokenizer.segments import cut
from vae.calibration import Calibration
from vae.change import changed_words
from vae.decode.decoding import Decoding
from vae.guide import Guide
from vae.text_vae import TextVAE
from vae.tries import decode_tries
from vae.variation import Sampling
from vae.varier import CHOICE_CHANGES, TRY_CHANGES, Varier
from vae.word_choices import word_choices
from vae.word_hashes import bare


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def bare_model(model):
    """The model without n-grams: it has no edits to judge, and decodes whole segments."""
    return TextVAE(model.module, model.tokenizer, model.settings, calibration=model.calibration)


@pytest.fixture(scope="module")
def make_segments(model):
    def make(*texts):
        return cut(texts, tokenizer=model.tokenizer, max_len=model.max_len)

    return make


@pytest.fixture(scope="module")
def texts(make_segments, sentences):
    """Eight texts of one to four segments."""
    starts = range(400, 432, 4)
    return make_segments(*(" ".join(sentences[start : start + 1 + start % 3]) for start in starts))


@pytest.fixture(scope="module")
def keys(texts):
    return [(f"post-{number}", 3) for number in range(len(texts))]


def told(variations):
    return [variation.text for variation in variations]


def text_of(segments):
    return " ".join(segment.text for segment in segments)


STRATEGIES = ["neighbour", "posterior", "resample-slots", "prior"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_key_gives_the_same_variation_whatever_else_is_asked_and_was_asked(model, texts, keys, strategy):
    sampling = Sampling(strategy=strategy, change=0.4)
    together = Varier(model, sampling)(texts, keys=keys)
    one_by_one = Varier(model, sampling)
    again = [one_by_one([text], keys=[key])[0] for text, key in zip(texts[::-1], keys[::-1], strict=True)]
    assert again[::-1] == together
    other = [(name, 7) for name, _ in keys]
    assert one_by_one(texts + texts, keys=keys + other)[: len(texts)] == together
    assert any(variation.segments_changed for variation in together)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_number_name_and_seed_give_other_variations(model, texts, keys, strategy):
    found = {
        tuple(told(Varier(model, Sampling(strategy=strategy, seed=seed))(texts, keys=of)))
        for seed, of in [
            (0, keys),
            (1, keys),
            (0, [(name, 4) for name, _ in keys]),
            (0, [(f"{name}!", number) for name, number in keys]),
        ]
    }
    assert len(found) == 4


@pytest.fixture
def asked(monkeypatch):
    """What tries and choices were asked for: by which of the two, tasks and radii."""
    calls = []

    def watched(name, function):
        def call(model, tasks, *rest, radii, **options):
            calls.append((name, tasks, radii))
            return function(model, tasks, *rest, radii=radii, **options)

        monkeypatch.setattr(vae.varier, name, call)

    watched("decode_tries", decode_tries)
    watched("word_choices", word_choices)
    return calls


def test_proposals_are_made_some_texts_at_a_time_and_once_a_text(model, texts, keys, asked, monkeypatch):
    whole = Varier(model, Sampling())(texts, keys=keys)
    assert [len(tasks) for _, tasks, _ in asked] == [sum(map(len, texts))] * 2
    asked.clear()
    monkeypatch.setattr(vae.varier, "SEGMENTS", 3)
    varier = Varier(model, Sampling())
    assert varier(texts, keys=keys) == whole
    varier(texts, keys=[(name, 9) for name, _ in keys])
    for name in ("decode_tries", "word_choices"):
        sizes = [len(tasks) for by, tasks, _ in asked if by == name]
        assert sum(sizes) == sum(map(len, texts))
        assert max(sizes) < 3 + max(map(len, texts))


SHARES = {"decode_tries": TRY_CHANGES, "word_choices": CHOICE_CHANGES}


def test_tries_and_choices_come_from_latents_at_the_radii_of_their_changes(model, texts, keys, asked):
    Varier(model, Sampling())(texts, keys=keys)
    radii = {
        name: [model.calibration.radius("neighbour", share) for share in shares] for name, shares in SHARES.items()
    }
    assert {name: told for name, _, told in asked} == radii


def test_what_tries_do_not_have_the_decoder_proposes_place_by_place(model, texts, keys, asked, monkeypatch):
    def nothing(model, tasks, *rest, **options):
        return [[task.segment.protected.masked] for task in tasks]

    monkeypatch.setattr(vae.varier, "decode_tries", nothing)
    found = Varier(model, Sampling(change=0.5))(texts, keys=keys)
    assert sum(variation.segments_changed for variation in found) > len(texts)
    ((_, tasks, radii),) = asked
    choices = word_choices(model, tasks, Guide.of(model, Sampling()), radii=radii, seed=0)
    segments = [segment for variation in found for segment in variation.segments]
    for task, made, there in zip(tasks, segments, choices, strict=True):
        words = zip(task.segment.text.split(), made.split(), there, strict=True)
        assert all(old == new or bare(new) in {bare(word) for word in of} for old, new, of in words)


def test_a_variation_tells_what_it_changed(model, texts, keys):
    for text, variation in zip(texts, Varier(model, Sampling(change=0.5))(texts, keys=keys), strict=True):
        assert len(variation.segments) == len(text)
        changed = [changed_words(segment.text, made) for segment, made in zip(text, variation.segments, strict=True)]
        sizes = [len(segment.text.split()) for segment in text]
        assert variation.change == pytest.approx(np.average(changed, weights=sizes))
        assert variation.segments_changed == sum(share > 0 for share in changed)
        assert variation.text == " ".join(variation.segments)


def test_no_text_and_no_segment_are_no_mistake(model):
    assert Varier(model, Sampling())([], keys=[]) == []
    (empty,) = Varier(model, Sampling())([[]], keys=[("a", 0)])
    assert (empty.text, empty.change, empty.segments_changed) == ("", 0.0, 0)


@pytest.mark.parametrize("strategy", ["neighbour", "prior"])
def test_segments_without_ids_stay(model, make_segments, strategy):
    word = "supercalifragilistic" * 4
    (text,) = make_segments(f"Then the dog mends the quiet lamp. {word} The cat cleans soft windows.")
    place = next(place for place, segment in enumerate(text) if not segment.ids)
    variations = [Varier(model, Sampling(strategy=strategy, change=0.6))([text], keys=[("a", n)])[0] for n in range(6)]
    assert {variation.segments[place] for variation in variations} == {word}
    assert len({variation.text for variation in variations}) > 1


@pytest.mark.parametrize("change", [0.0, 0.3])
def test_a_change_of_nothing_leaves_the_text(model, texts, keys, change):
    found = Varier(model, Sampling(change=change))(texts, keys=keys)
    assert (told(found) == [text_of(text) for text in texts]) == (change == 0)


def test_a_budget_may_be_asked_for_in_place_of_the_change(model, texts, keys):
    """Half of a text's words, give or take half an edit."""
    for text, variation in zip(texts, Varier(model, Sampling())(texts, keys=keys, budget=0.3), strict=True):
        words = sum(len(segment.text.split()) for segment in text)
        assert variation.change * words <= 0.3 * words + 1


@pytest.fixture(scope="module")
def long_text(make_segments, sentences):
    (text,) = make_segments(" ".join(each for each in sentences[400:440] if "http" not in each))
    return text


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_a_share_of_the_segments_is_varied(model, long_text, share):
    varier = Varier(model, Sampling(vary_share=share, change=0.5))
    found = [varier([long_text], keys=[("a", number)])[0] for number in range(4)]
    most = ceil(share * len(long_text))
    assert max(variation.segments_changed for variation in found) <= most
    assert min(variation.segments_changed for variation in found) >= most // 2
    changed = {
        tuple(segment.text != made for segment, made in zip(long_text, each.segments, strict=True)) for each in found
    }
    assert (len(changed) > 1) == (0 < share < 1)


def test_segments_that_stay_anyway_are_not_among_the_share(model, make_segments):
    (text,) = make_segments(f"{'supercalifragilistic' * 4} Then the dog mends the quiet lamp.")
    assert [bool(segment.ids) for segment in text] == [False, True]
    varier = Varier(model, Sampling(vary_share=0.5, change=0.5))
    assert {varier([text], keys=[("a", number)])[0].segments_changed for number in range(8)} == {1}


def test_required_words_stay_where_they_stand(model, texts, keys):
    required = ("the", "small", "quiet lamp", "Cleans", "train")
    kept = {"the", "small", "quiet", "lamp", "cleans", "train"}

    def words(text):
        return [word.strip(".,").casefold() for word in text.split()]

    free, bound = (Varier(model, Sampling(change=0.9, required=names))(texts, keys=keys) for names in ((), required))
    source = [[word for word in words(text_of(text)) if word in kept] for text in texts]
    assert [[w for w in words(each) if w in kept] for each in told(free)] != source
    for text, variation, of_source in zip(texts, bound, source, strict=True):
        assert variation.change < 0.95
        found = iter(words(variation.text))
        assert all(word in found for word in of_source), text_of(text)
    assert any(variation.change > 0.2 for variation in bound)


def test_banned_words_do_not_come(model, texts, keys):
    brought = {word for found in told(Varier(model, Sampling(change=0.6))(texts, keys=keys)) for word in found.split()}
    source = {word for text in texts for word in text_of(text).split()}
    word = min(word for word in brought - source if word.isalpha())
    without = Varier(model, Sampling(change=0.6, decoding=Decoding(banned=(word,))))(texts, keys=keys)
    assert not any(word in text.split() for text in told(without))


def test_a_banned_phrase_does_not_come_but_its_words_may_and_that_of_a_source_may_stay(model, texts, keys):
    def pairs(made):
        return {pair for text in made for pair in pairwise(text.split()) if " ".join(pair).replace(" ", "").isalpha()}

    def vary(*banned):
        return told(Varier(model, Sampling(change=0.9, decoding=Decoding(banned=banned)))(texts, keys=keys))

    sources = [text_of(text) for text in texts]
    of_sources = {word for source in sources for word in source.split()}
    brought = sorted(pair for pair in pairs(vary()) - pairs(sources) if not of_sources.intersection(pair))
    assert brought
    for pair in brought[:3]:
        made = vary(" ".join(pair).upper())
        assert pair not in pairs(made)
        assert made != sources
    words = {word for pair in brought for word in pair}
    without = vary(*map(" ".join, brought))
    assert not pairs(without).intersection(brought)
    assert words & {word for text in without for word in text.split()}
    held = sorted(pairs(sources))
    assert pairs(vary(*map(" ".join, held))).intersection(held)
    assert vary(*map(" ".join, held)) != sources


def test_a_text_with_the_tokenizers_own_sign_for_a_space_is_varied(model, make_segments):
    (text,) = make_segments("The quiet cat\u2581lamp cleans \u2581 the soft windows and the small dog \u2581")
    variations = [Varier(model, Sampling(change=0.5))([text], keys=[("a", n)])[0].text for n in range(6)]
    assert all(re.fullmatch(r"\S+( \S+){3} cat\u2581lamp \S+ \u2581 .* \u2581", f"- - {made}") for made in variations)
    assert len(set(variations)) > 1


def spans(text):
    return re.findall(r"https://\w+\.org/\d\b|\d+", text)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_numbers_and_urls_of_each_segment_stay_in_order(model, texts, keys, strategy):
    for text, variation in zip(
        texts, Varier(model, Sampling(strategy=strategy, change=0.6))(texts, keys=keys), strict=True
    ):
        assert [spans(made) for made in variation.segments] == [spans(segment.text) for segment in text]


@pytest.fixture
def varied_as(bare_model, make_segments, monkeypatch):
    """What becomes of a text of one segment that is decoded like this."""

    def varied(source, masked):
        monkeypatch.setattr(vae.varier, "decode_tries", lambda _, tasks, *rest, **options: [[masked]] * len(tasks))
        (variation,) = Varier(bare_model, Sampling(strategy="prior"))(make_segments(source), keys=[("a", 0)])
        return variation.text

    return varied


@pytest.mark.parametrize(
    ("masked", "text"),
    [
        ("Dogs mend <num> soft boats.", "Dogs mend 34 soft boats."),
        ("  Dogs   mend <num>.", "Dogs mend 34."),
        ("", None),
        (" ", None),
        ("Dogs mend boats.", None),
        ("Dogs mend <num> <num> boats.", None),
        ("Dogs mend <url> boats.", None),
        ("Dogs \u2047 <num> boats.", None),
        ("Dogs mend mend <num> boats.", None),
        ("Dogs mend <num> dogs mend boats.", None),
    ],
)
def test_a_decoded_segment_stands_unless_it_lost_a_span_or_loops(varied_as, masked, text):
    source = "The cat cleans 34 lamps."
    assert varied_as(source, masked) == (text or source)


def test_a_segment_may_loop_as_much_as_its_source(varied_as):
    assert varied_as("The cat, the cat sleeps.", "Dogs mend dogs mend.") == "Dogs mend dogs mend."


def test_without_n_grams_segments_are_decoded_whole(bare_model, texts, keys):
    sampling = Sampling(change=0.4)
    found = Varier(bare_model, sampling)(texts, keys=keys)
    assert any(variation.segments_changed for variation in found)
    assert found == Varier(bare_model, sampling)(texts, keys=keys)
    exact = Calibration({"neighbour": [(0.0, 0.0), (1.0, 1.0)]})
    still = TextVAE(bare_model.module, bare_model.tokenizer, bare_model.settings, calibration=exact)
    assert np.mean([each.change for each in Varier(still, Sampling(change=0.0))(texts, keys=keys)]) < 0.1


def test_interpolation_goes_to_the_named_post_segment_by_segment(model, latents, sentences, make_segments):
    """All the way: the partner's own segments come out, its first again where it has no more."""
    there = Calibration({"interpolate": [(0.0, 0.0), (1.0, 1.0)]})
    whole = TextVAE(model.module, model.tokenizer, model.settings, calibration=there)
    whole.__dict__["sha256"] = model.sha256  # as if it were the model that encoded the latents
    (text,) = make_segments(
        "The cat cleans soft windows. Then the dog mends the quiet lamp. Then the boat prints soft letters."
    )
    assert len(text) == 3
    sampling = Sampling(strategy="interpolate", change=1.0, partners=str(latents), partner="tea-2")
    (variation,) = Varier(whole, sampling)([text], keys=[("a", 0)])
    partner = model.decode(model.encode(sentences[453:455]).mean)
    expected = [partner[0], partner[1], partner[0]]
    assert list(variation.segments) == [
        segment.text if "<" in goal else goal for segment, goal in zip(text, expected, strict=True)
    ]


def test_the_category_of_a_text_says_where_interpolation_looks(model, latents, texts, keys, asked):
    sampling = Sampling(strategy="interpolate", partners=str(latents))
    categories = ["tea", "birds"] * (len(texts) // 2)
    Varier(model, sampling)(texts, keys=keys, categories=categories)
    told = [category for text, category in zip(texts, categories, strict=True) for _ in text]
    assert [[task.category for task in tasks] for _, tasks, _ in asked] == [told, told]


def test_a_guide_may_be_given(model, texts, keys):
    held = Guide.of(model, Sampling(bounds=(-0.01, 0.01)))
    assert Varier(model, Sampling(), held)(texts, keys=keys) == Varier(model, Sampling(bounds=(-0.01, 0.01)))(
        texts, keys=keys
    )
    assert Varier(model, Sampling(), held)(texts, keys=keys) != Varier(model, Sampling())(texts, keys=keys)
