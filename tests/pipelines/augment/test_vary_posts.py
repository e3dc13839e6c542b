from types import SimpleNamespace

import pytest
import torch

from pipelines.augment import vary_posts as module
from pipelines.augment.candidate_tables import ERROR, SHORTFALL
from pipelines.augment.judging import Judging
from pipelines.augment.vary_posts import MOST_CANDIDATES, VaryPlan, vary_posts
from pipelines.clean.clean import clean
from pipelines.errors import UserError
from pipelines.filters.all_rules import RULE_NAMES
from pipelines.filters.copy import Copy
from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.filters.selection import Selection
from tokenizer.training import train_tokenizer
from vae.variation.sampling import Sampling
from vae.variation.variation import Edit, Variation

SOURCE = "The cat cleans the lamp."
NOUNS = "dog bird boat train lamp kettle window letter garden".split()


@pytest.fixture
def model(tokenizer):
    return SimpleNamespace(unit="segment", tokenizer=tokenizer, max_len=16, sha256="abc")


@pytest.fixture
def decode_as(monkeypatch):
    """Lets every segment of the n-th candidate of a post, from 0, be `text_of(post_id, n)`; gives what was asked.

    A post of which there are no more than n candidates says why after these, by `why_none(post_id, n)`.
    """
    asked = []

    def install(text_of, why_none=lambda _post_id, _n: ""):
        class Varier:
            def __init__(self, _model, sampling, *, made):
                self.sampling, self.made = sampling, made

            def __call__(self, texts, *, keys, categories, languages):
                asked.append(list(keys))
                return [self.varied(key, text) for key, text in zip(keys, texts, strict=True)]

            def varied(self, key, text):
                self.made(key[0])
                sources = tuple(segment.text for segment in text)
                why = why_none(*key)
                segments = sources if why else (text_of(*key),) * len(text)
                edits = () if why else (Edit(segment=0, start=1, old="cat", new="other", probability=0.75),)
                return Variation(segments=segments, change=0.0, segments_changed=0, edits=edits, why_short=why)

        monkeypatch.setattr(module, "VariationMaker", Varier)
        return asked

    return install


def post(post_id, text=SOURCE):
    return {
        "post_id": post_id,
        "category": [],
        "language": "en",
        "blocks": [block._asdict() for block in clean(text)],
    }


def plan(*rules, per_post=2):
    judging = Judging(rules=rules, selection=Selection(), per_post=per_post)
    return VaryPlan(sampling=Sampling(change=0.3, seed=7), judging=judging)


def good(_post, n):
    return f"The {NOUNS[n]} cleans the lamp."


def test_a_candidate_has_its_text_its_change_and_a_score_of_every_rule(model, decode_as):
    decode_as(good)
    [varied] = vary_posts([post("1")], model, plan(Copy()))
    assert [made.assembled.text for made in varied.candidates] == [good("1", 0), good("1", 1)]
    made = varied.candidates[1]
    assert made.assembled.change == made.scores["copy"] == pytest.approx(0.2)
    assert made.scores.keys() == {*RULE_NAMES}
    assert made.assembled.edits == (Edit(segment=0, start=1, old="cat", new="other", probability=0.75),)
    assert made.passed
    assert (varied.rule, varied.reason) == ("", "")


def test_rules_see_the_post_and_its_varied_segments_masked(model, decode_as):
    class Seen(Copy):
        def measure(self, candidates, model):
            seen.extend(candidates)
            return super().measure(candidates, model)

    seen = []
    decode_as(lambda _post, _n: "The dog cleans 7 lamps.")
    vary_posts([post("1", "# A heading\n\nThe cat cleans 5 lamps.")], model, plan(Seen(), per_post=1))
    [candidate] = seen
    assert (candidate.source, candidate.text) == (
        "# A heading\n\nThe cat cleans 5 lamps.",
        "# A heading\n\nThe dog cleans 7 lamps.",
    )
    assert candidate.segments == (("The cat cleans <num> lamps.", "The dog cleans <num> lamps."),)
    assert candidate.language == "en"


def test_it_tells_how_many_posts_have_a_candidate_once_for_each(model, decode_as):
    decode_as(lambda post, n: good(post, n) if post == "1" or n > 4 else SOURCE)
    told = []
    vary_posts([post("1"), post("2")], model, plan(Copy()), told.append)
    assert told == [1, 2]


def test_what_is_missing_is_made_by_the_rate_at_which_all_passed(model, decode_as):
    """Of the first four, two pass: each of the two missing is asked for twice."""
    asked = decode_as(lambda post, n: good(post, n) if post == "1" or n > 4 else SOURCE)
    vary_posts([post("1"), post("2")], model, plan(Copy()))
    assert asked[0] == [("1", 0), ("1", 1), ("2", 0), ("2", 1)]
    assert asked[1] == [("2", n) for n in (2, 3, 4, 5)]
    # Now three of eight passed: for the one missing, 8/3 rounded up, but no more than there is room for.
    assert asked[2:] == [[("2", 6), ("2", 7)]]


def test_a_rate_below_one_in_four_counts_as_one_in_four(model, decode_as):
    asked = decode_as(lambda _post, n: good("1", 0) if n == 5 else SOURCE)
    [varied] = vary_posts([post("1")], model, plan(Copy(), per_post=1))
    assert [len(keys) for keys in asked] == [1, MOST_CANDIDATES - 1]
    assert len(varied.candidates) == MOST_CANDIDATES


def test_a_text_too_like_another_does_not_count(model, decode_as):
    asked = decode_as(lambda post, n: good(post, 0) if n < 2 else good(post, n))
    [varied] = vary_posts([post("1")], model, plan(Copy()))
    assert [len(keys) for keys in asked] == [2, 1]
    assert [made.passed for made in varied.candidates] == [True] * 3


def test_a_post_without_words_has_no_candidates_and_a_reason(model, decode_as):
    decode_as(good)
    [varied] = vary_posts([post("1", "```\npaint(cat)\n```")], model, plan(Copy()))
    assert (varied.candidates, varied.rule) == ([], SHORTFALL)
    assert "no segment of this post may be varied" in varied.reason


NAMES_ALONE = "what is left are names"


def test_a_post_that_cannot_be_varied_has_the_reason_and_no_copy_of_itself(model, decode_as):
    asked = decode_as(good, lambda post, _n: NAMES_ALONE if post == "1" else "")
    first, second = vary_posts([post("1"), post("2")], model, plan(Copy()))
    assert (first.candidates, first.rule, first.reason) == ([], SHORTFALL, NAMES_ALONE)
    assert (len(second.candidates), second.rule) == (2, "")
    assert len(asked) == 1


def test_what_a_post_has_before_there_is_no_more_is_kept_and_nothing_further_asked_for(model, decode_as):
    asked = decode_as(good, lambda _post, n: NAMES_ALONE if n >= 2 else "")
    [varied] = vary_posts([post("1")], model, plan(Copy(), per_post=4))
    assert [made.assembled.text for made in varied.candidates] == [good("1", 0), good("1", 1)]
    assert (varied.rule, varied.reason) == (SHORTFALL, f"no more can be had: {NAMES_ALONE}")
    assert [len(keys) for keys in asked] == [4]


def test_a_post_that_has_enough_needs_no_reason_why_there_is_no_more(model, decode_as):
    decode_as(lambda post, n: SOURCE if n == 0 else good(post, n), lambda _post, n: NAMES_ALONE if n >= 2 else "")
    [varied] = vary_posts([post("1")], model, plan(Copy(), per_post=1))
    assert ([made.passed for made in varied.candidates], varied.rule, varied.reason) == ([False, True], "", "")


@pytest.mark.parametrize(("language", "told"), [("de", "de"), ("und", ""), (None, "")])
def test_the_language_of_a_post_is_told_where_it_is_known(model, monkeypatch, language, told):
    class Varier:
        def __init__(self, *_settings, made):
            pass

        def __call__(self, texts, *, keys, categories, languages):
            heard.append(languages)
            return [Variation(segments=(), change=0.0, segments_changed=0, why_short="none") for _ in texts]

    heard = []
    monkeypatch.setattr(module, "VariationMaker", Varier)
    vary_posts([{**post("1"), "language": language}], model, plan(Copy(), per_post=1))
    assert heard == [[told]]


@pytest.mark.parametrize("per_post", [1, 2, 3, 5])
@pytest.mark.parametrize("usable", [(), (0,), (1, 3), (0, 1, 2, 3, 4)])
def test_no_candidate_is_made_twice_and_there_are_not_too_many(model, decode_as, per_post, usable):
    asked = decode_as(lambda post, n: good(post, n) if n in usable else SOURCE)
    varied = vary_posts([post("1"), post("2")], model, plan(Copy(), per_post=per_post))
    keys = [key for round_ in asked for key in round_]
    for each in varied:
        own = [number for post_id, number in keys if post_id == each.post["post_id"]]
        assert own == list(range(len(each.candidates)))
        assert len(own) <= MOST_CANDIDATES * per_post
        passed = sum(made.passed for made in each.candidates)
        assert passed >= per_post or len(own) == MOST_CANDIDATES * per_post


def broken(post_id, n):
    if post_id == "2" and n >= 1:
        raise MemoryError("no room")
    return good(post_id, n) if post_id == "1" else SOURCE


def test_a_post_that_memory_does_not_suffice_for_keeps_what_it_has_and_the_rest_goes_on(model, decode_as):
    decode_as(broken)
    first, second, third = vary_posts([post("1"), post("2"), post("3")], model, plan(Copy(), per_post=1))
    assert (len(first.candidates), first.rule) == (1, "")
    assert (len(second.candidates), second.rule, second.reason) == (1, ERROR, "MemoryError: no room")
    assert (len(third.candidates), third.rule) == (MOST_CANDIDATES, "")


def test_a_post_that_cannot_be_taken_apart_fails_the_job_and_is_named(model, decode_as):
    decode_as(good)
    bad = {"post_id": "2", "category": [], "language": "en", "blocks": [{"kind": "paragraph", "text": None}]}
    with pytest.raises(RuntimeError, match=r"^post 2 cannot be handled \(TypeError: "):
        vary_posts([post("1"), bad], model, plan(Copy()))


def test_out_of_memory_changes_nothing_but_how_many_are_handled_together(model, decode_as, monkeypatch):
    texts = {str(n): post(str(n)) for n in range(5)}
    asked = decode_as(good)
    whole = vary_posts(list(texts.values()), model, plan(Copy()))
    asked.clear()

    def measured_in_pairs(candidates, rules, model):
        if len(candidates) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return measure_all(candidates, rules, model)

    measure_all = module.measure_all
    monkeypatch.setattr(module, "measure_all", measured_in_pairs)
    assert vary_posts(list(texts.values()), model, plan(Copy())) == whole
    assert [len(keys) for keys in asked] == [10, 4, 4, 2]


def test_the_users_mistake_is_not_told_of_a_post(model, decode_as):
    def mistaken(_post, _n):
        raise UserError("no category 'tae'; did you mean 'tea'?")

    decode_as(mistaken)
    with pytest.raises(UserError, match="did you mean"):
        vary_posts([post("1"), post("2")], model, plan(Copy()))


@pytest.mark.parametrize(("protects", "passed"), [(("number",), False), ((), True)])
def test_a_number_may_vary_where_the_model_does_not_protect_it(protects, passed, model, sentences, decode_as):
    model.tokenizer = train_tokenizer(sentences, vocab_size=600, protects=protects)
    decode_as(lambda _post, n: f"The cat cleans {n + 10} lamps.")
    [varied] = vary_posts([post("1", "The cat cleans 5 lamps.")], model, plan(ProtectedTokens(), per_post=1))
    assert {made.passed for made in varied.candidates} == {passed}


def test_no_posts_are_varied_at_once(model, decode_as):
    decode_as(good)
    assert vary_posts([], model, plan(Copy())) == []
