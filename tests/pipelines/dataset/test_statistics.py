import json

from pipelines.dataset.statistics import COUNTED, EXAMPLES, LINES, boilerplate_lines, dataset_statistics


def receipt(**counts):
    return {"largest_cluster": 0, "front_matter_errors": 0, **counts}


def test_counts_of_all_units_are_added_up_by_name():
    encoded = [receipt(rejects={"empty body": 2}), receipt(rejects={"empty body": 1, "unreadable": 4})]
    cleaning = [{"pii": {"email": 2}, "dates_unread_count": 3}, {"dates_unread_count": 4}]
    statistics = dataset_statistics(encoded, cleaning)
    assert statistics["rejects"] == {"empty body": 3, "unreadable": 4}
    assert (statistics["pii"], statistics["dates_unread_count"]) == ({"email": 2}, 7)
    assert set(COUNTED) <= set(statistics)


def test_rates_refer_to_the_words_and_characters_that_may_be_varied():
    totals = {"words_varied": 4, "pieces": 5, "pieces_unknown": 1, "characters": 40, "characters_uncovered": 2}
    statistics = dataset_statistics([receipt(totals={**totals, "words": 9})], [])
    assert (statistics["fertility"], statistics["unknown_rate"], statistics["coverage"]) == (1.25, 0.2, 0.95)


def test_rates_of_an_empty_dataset_are_null():
    statistics = dataset_statistics([], [])
    assert (statistics["fertility"], statistics["unknown_rate"], statistics["coverage"]) == (None, None, None)
    assert json.loads(json.dumps(statistics)) == statistics


def test_the_first_rejects_of_each_reason_are_shown():
    units = [receipt(reject_examples={"unreadable": [{"source": f"{unit}{n}"} for n in range(2)]}) for unit in "abc"]
    shown = dataset_statistics(units, [])["reject_examples"]["unreadable"]
    assert [example["source"] for example in shown] == ["a0", "a1", "b0"][:EXAMPLES]


def test_the_largest_cluster_is_the_largest_of_all_units():
    units = [receipt(largest_cluster=size, duplicates={"near": size}) for size in (2, 7, 3)]
    assert dataset_statistics(units, [])["duplicates"] == {"near": 12, "largest": 7}


def test_the_most_repeated_lines_come_first():
    lines = boilerplate_lines({"blog": {f"Line {n}": n for n in range(LINES)}, "news": {"Subscribe": 1000}})
    assert lines[0] == {"source": "news", "line": "Subscribe", "posts": 1000}
    assert lines[1] == {"source": "blog", "line": f"Line {LINES - 1}", "posts": LINES - 1}
    assert len(lines) == LINES
