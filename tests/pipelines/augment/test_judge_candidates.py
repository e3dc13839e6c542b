import pytest
from candidate_rows import candidate, no_more, table_of

from pipelines.augment.candidate_tables import ERROR, REJECTED_CANDIDATES_SCHEMA, SHORTFALL, VARIATIONS_SCHEMA
from pipelines.augment.judge_candidates import judge_candidates
from pipelines.augment.judging import Judging
from pipelines.augment.near_duplicates import CandidateKey
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.selection import Selection

PLAIN = Selection()
RULES = (Copy(), Drift(maximum=0.5))
CAT = "The cat cleans the warm lamp beside the window."
DOG = "Then a dog paints eleven soft trains in the garden."
BIRD = "Small birds count kettles while nobody prints a letter."


def judged(*rows, per_post=2, rules=RULES, duplicates=None, selection=PLAIN):
    judging = Judging(rules=tuple(rules), selection=selection, per_post=per_post)
    variations, rejects = judge_candidates(table_of(*rows), judging, duplicates=duplicates or {})
    assert (variations.schema, rejects.schema) == (VARIATIONS_SCHEMA, REJECTED_CANDIDATES_SCHEMA)
    return variations.to_pylist(), rejects.to_pylist()


def of(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_a_candidate_that_passes_is_a_variation_with_all_its_columns():
    row = candidate("1", 4, CAT, copy=0.2, drift=0.2)
    [variation], _ = judged(row, per_post=1)
    scores = variation.pop("scores")
    assert {name: value for name, value in scores.items() if value is not None} == row.pop("scores")
    assert variation == {"variation_id": "1~v1", "variant": 1, **row}


def test_variants_are_numbered_best_first():
    rows = [candidate("1", 1, CAT, copy=0.2, similarity=0.8), candidate("1", 2, DOG, copy=0.2, similarity=0.9)]
    variations, rejects = judged(*rows, selection=Selection(balance=1))
    assert of(variations, "variation_id", "variant", "candidate") == [("1~v1", 1, 2), ("1~v2", 2, 1)]
    assert rejects == []


def test_a_reject_names_every_rule_that_failed_with_value_threshold_and_reason():
    row = candidate("1", 1, CAT, copy=0.005, drift=0.9)
    _, [reject, _] = judged(row, per_post=1)
    assert reject["rule"] == "copy | drift"
    assert (reject["value"], reject["threshold"]) == ("0.005 | 0.9", "0.01 | 0.5")
    assert reject["reason"].count("; ") == 1
    assert (reject["variation_id"], reject["variant"], reject["stage"]) == ("1~c1", None, "candidate")
    assert (reject["text"], reject["candidate"], reject["title"]) == (CAT, 1, "Title 1")
    assert reject["scores"]["drift"] == 0.9


def test_what_was_not_measured_is_no_reason():
    variations, _ = judged(candidate("1", 1, CAT, copy=None, drift=None), per_post=1)
    assert len(variations) == 1


def test_of_more_than_asked_for_the_best_are_taken():
    rows = [
        candidate("1", number, text, copy=0.2, similarity=cosine)
        for number, text, cosine in [(1, CAT, 0.8), (2, DOG, 0.95), (3, BIRD, 0.9)]
    ]
    variations, rejects = judged(*rows, selection=Selection(balance=1))
    assert of(variations, "candidate") == [(2,), (3,)]
    assert of(rejects, "variation_id", "stage", "rule", "value", "threshold") == [
        ("1~c1", "candidate", "not_selected", "0.8", "")
    ]
    assert "the 2 taken are better" in rejects[0]["reason"]


def test_the_same_text_again_is_not_taken_and_the_post_is_short():
    variations, rejects = judged(*(candidate("1", number, CAT, copy=0.2) for number in (1, 2)))
    assert of(variations, "candidate") == [(1,)]
    assert of(rejects, "stage", "rule") == [("candidate", "not_selected"), ("post", "shortfall")]
    assert "more alike" in rejects[0]["reason"]


def test_nearly_the_text_of_another_post_is_a_reject_that_names_it():
    duplicates = {CandidateKey("2", 1): (CandidateKey("1", 3), 7)}
    rows = candidate("1", 3, CAT, copy=0.2), candidate("2", 1, CAT, copy=0.2), candidate("2", 2, DOG, copy=0.2)
    variations, [reject] = judged(*rows, per_post=1, duplicates=duplicates)
    assert of(variations, "post_id", "candidate") == [("1", 3), ("2", 2)]
    assert (reject["variation_id"], reject["rule"], reject["value"]) == ("2~c1", "near_duplicate", "0.5")
    assert "candidate 3 of post 1" in reject["reason"]


def test_a_rule_speaks_before_the_other_post_does():
    duplicates = {CandidateKey("2", 1): (CandidateKey("1", 1), 7)}
    _, rejects = judged(candidate("2", 1, CAT, copy=0), per_post=1, duplicates=duplicates)
    assert of(rejects, "rule") == [("copy",), ("shortfall",)]


def test_a_short_post_has_a_line_that_counts_why():
    rows = [candidate("1", n, CAT, copy=0.2 if n == 2 else 0, drift=0.9 if n == 3 else 0.2) for n in (1, 2, 3)]
    variations, rejects = judged(*rows, per_post=2)
    assert len(variations) == 1
    line = rejects[-1]
    assert (line["stage"], line["rule"], line["value"], line["threshold"]) == ("post", SHORTFALL, "1", "2")
    assert line["reason"] == "1 of 2 variations after 3 candidates (rejected by: copy 2, drift 1)"
    assert (line["post_id"], line["title"], line["author"]) == ("1", "Title 1", "Jane")
    nothing = ("variation_id", "variant", "candidate", "text", "scores", "change_measured", "segments_changed", "edits")
    assert {line[name] for name in nothing} == {None}


@pytest.mark.parametrize("rule", [SHORTFALL, ERROR])
def test_a_post_without_candidates_keeps_its_reason(rule):
    variations, [line] = judged(no_more("1", rule, "no words"))
    assert variations == []
    assert (line["stage"], line["rule"], line["reason"], line["value"], line["threshold"]) == (
        *("post", rule, "no words"),
        *("0", "2"),
    )


def test_a_post_of_which_no_more_can_be_had_says_so_behind_what_became_of_its_candidates():
    line = no_more("1", SHORTFALL, "no more can be had: what is left are names")
    _, rejects = judged(candidate("1", 1, CAT, copy=0.2), line)
    assert of(rejects, "rule", "reason") == [
        (SHORTFALL, "1 of 2 variations after 1 candidates; no more can be had: what is left are names")
    ]
    _, rejects = judged(candidate("1", 1, CAT, copy=0), line, per_post=1)
    assert rejects[-1]["reason"].startswith("0 of 1 variations after 1 candidates (rejected by: copy 1); no more can")


def test_a_post_that_broke_off_says_so_if_it_is_short():
    rows = candidate("1", 1, CAT, copy=0.2), no_more("1", ERROR, "ValueError: broken")
    variations, rejects = judged(*rows, per_post=1)
    assert (len(variations), rejects) == (1, [])
    _, [line] = judged(*rows, per_post=2)
    assert (line["rule"], line["reason"], line["value"]) == (ERROR, "ValueError: broken", "1")


def test_every_row_is_there_once_and_both_tables_are_sorted():
    rows = [
        candidate(post, number, text, copy=copy)
        for post in "123"
        for number, text, copy in [(1, CAT, 0.2), (2, DOG, 0), (3, BIRD, 0.2), (4, DOG, 0.2)]
    ]
    variations, rejects = judged(*rows, per_post=2)
    assert of(variations, "post_id", "variant") == [(post, variant) for post in "123" for variant in (1, 2)]
    assert of(rejects, "post_id") == [(post,) for post in "123" for _ in range(2)]
    names = ("post_id", "candidate")
    assert sorted(of(variations, *names) + of(rejects, *names)) == of(rows, *names)


def test_no_candidates_give_empty_tables():
    assert judged() == ([], [])
