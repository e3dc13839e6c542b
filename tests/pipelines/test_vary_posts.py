from types import SimpleNamespace

import pytest

from pipelines import vary_posts as module
from pipelines.clean.clean import clean
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.length_ratio import LengthRatio
from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.vary_posts import CANDIDATES, VaryPlan, vary_posts
from tokenizer.training import train_tokenizer
from vae.variation import Sampling, Variation

SOURCE = "The cat cleans the lamp."


@pytest.fixture
def model(tokenizer):
    return SimpleNamespace(unit="segment", tokenizer=tokenizer, max_len=16, sha256="abc")


@pytest.fixture
def decode_as(monkeypatch):
    """Lets every segment of the n-th candidate of a post be `text_of(post_id, n)`."""
    asked = []

    def install(text_of):
        def vary_texts(_model, texts, *, keys, sampling):
            asked.extend(keys)
            varied = [[text_of(*key)] * len(text) for key, text in zip(keys, texts, strict=True)]
            return [Variation(segments=tuple(each), change=0.0, segments_changed=0) for each in varied]

        monkeypatch.setattr(module, "vary_texts", vary_texts)
        return asked

    return install


def post(post_id, text=SOURCE):
    return {
        "post_id": post_id,
        "source": "posts.csv",
        "title": f"Title {post_id}",
        "author": "Jane",
        "date": "2023-12-05",
        "category": ["home"],
        "tags": ["lamp", "cat"],
        "language": "",
        "blocks": [block._asdict() for block in clean(text)],
    }


def plan(*rules, per_post=2):
    return VaryPlan(per_post=per_post, sampling=Sampling(change=0.3, seed=7), rules=rules)


def test_accepted_candidates_are_variations_with_the_posts_metadata(model, decode_as):
    decode_as(lambda _post, n: f"The {'dog bird'.split()[n]} cleans the lamp.")
    outcome = vary_posts([post("1")], model, plan(Copy()))
    assert (outcome.candidates, outcome.rejects) == (2, [])
    assert [row["text"] for row in outcome.variations] == ["The dog cleans the lamp.", "The bird cleans the lamp."]
    assert outcome.variations[1] == {
        "variation_id": "1~v2",
        "post_id": "1",
        "variant": 2,
        "text": "The bird cleans the lamp.",
        "title": "Title 1",
        "author": "Jane",
        "date": "2023-12-05",
        "category": ["home"],
        "tags": ["lamp", "cat"],
        "language": "",
        "strategy": "neighbour",
        "seed": 7,
        "change_requested": 0.3,
        "change_measured": pytest.approx(0.2),
        "scores": {"copy": pytest.approx(0.2)},
        "segments_changed": 1,
        "model_sha256": "abc",
    }


def test_a_rejected_candidate_is_made_again_with_another_key(model, decode_as):
    asked = decode_as(lambda _post, n: SOURCE if n < 2 else f"The {'dog bird'.split()[n - 2]} cleans the lamp.")
    outcome = vary_posts([post("1")], model, plan(Copy()))
    assert asked == [("1", 0), ("1", 1), ("1", 2), ("1", 3)]
    assert [row["variant"] for row in outcome.variations] == [1, 2]
    assert [(row["stage"], row["position"], row["rule"]) for row in outcome.rejects] == [
        ("candidate", 1, "copy"),
        ("candidate", 2, "copy"),
    ]


def test_a_reject_names_every_failing_rule_with_value_and_threshold(model, decode_as):
    decode_as(lambda _post, _n: "Dogs count. " * 6)
    outcome = vary_posts([post("1")], model, plan(LengthRatio(), Copy(), Drift(maximum=0.5), per_post=1))
    reject = outcome.rejects[0]
    assert (reject["rule"], reject["value"], reject["threshold"]) == ("length_ratio | drift", "2.4 | 1", "1.6 | 0.5")
    assert reject["reason"].count("; ") == 1
    assert (reject["source"], reject["post_id"], reject["stage"]) == ("posts.csv", "1", "candidate")
    assert reject["excerpt"].startswith("Dogs count.")


def test_a_post_with_too_few_variations_has_a_line_that_says_why(model, decode_as):
    decode_as(lambda post_id, n: "The dog cleans the lamp." if (post_id, n) == ("2", 1) else SOURCE)
    outcome = vary_posts([post("1"), post("2")], model, plan(Copy()))
    short = [row for row in outcome.rejects if row["stage"] == "post"]
    assert [(row["post_id"], row["rule"], row["value"], row["threshold"], row["reason"]) for row in short] == [
        ("1", "shortfall", "0", "2", "0 of 2 variations after 8 candidates (rejected by: copy 8)"),
        ("2", "shortfall", "1", "2", "1 of 2 variations after 8 candidates (rejected by: copy 7)"),
    ]


def test_a_post_without_words_has_no_candidates_and_a_line(model, decode_as):
    decode_as(lambda *_key: SOURCE)
    outcome = vary_posts([post("1", "```\npaint(cat)\n```")], model, plan(Copy()))
    assert (outcome.candidates, outcome.variations) == (0, [])
    [line] = outcome.rejects
    assert line["rule"] == "shortfall"
    assert "no segment of this post may be varied" in line["reason"]


@pytest.mark.parametrize("per_post", [1, 2, 3, 5])
@pytest.mark.parametrize("good", [(), (0,), (1, 3), (0, 1, 2, 3, 4)])
def test_every_candidate_is_a_variation_or_a_reject_and_there_are_not_too_many(model, decode_as, per_post, good):
    asked = decode_as(lambda _post, n: f"The {'dog bird boat train lamp'.split()[n]} cleans." if n in good else SOURCE)
    outcome = vary_posts([post("1"), post("2")], model, plan(Copy(), per_post=per_post))
    failed = [row for row in outcome.rejects if row["stage"] == "candidate"]
    assert outcome.candidates == len(asked) == len(set(asked)) == len(outcome.variations) + len(failed)
    for post_id in "12":
        assert sum(each == post_id for each, _ in asked) <= CANDIDATES * per_post
        made = sum(row["post_id"] == post_id for row in outcome.variations)
        short = [row for row in outcome.rejects if row["stage"] == "post" and row["post_id"] == post_id]
        assert made <= per_post
        assert len(short) == (made < per_post)


@pytest.mark.parametrize(("protects", "accepted"), [(("number",), 0), ((), 2)])
def test_a_number_may_vary_where_the_model_does_not_protect_it(protects, accepted, model, sentences, decode_as):
    model.tokenizer = train_tokenizer(sentences, vocab_size=600, protects=protects)
    decode_as(lambda _post, n: f"The cat cleans {n + 10} lamps.")
    outcome = vary_posts([post("1", "The cat cleans 5 lamps.")], model, plan(ProtectedTokens()))
    assert len(outcome.variations) == accepted
