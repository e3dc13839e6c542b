import json

from pipelines.statistics import COUNTED, dataset_statistics


def test_counts_of_all_units_are_added_up_by_name():
    statistics = dataset_statistics([{"rejects": {"empty body": 2}}, {"rejects": {"empty body": 1, "unreadable": 4}}])
    assert statistics["rejects"] == {"empty body": 3, "unreadable": 4}
    assert set(COUNTED) <= set(statistics)


def test_fertility_is_pieces_per_word_that_may_be_varied():
    statistics = dataset_statistics([{"totals": {"words_varied": 4, "pieces": 5, "unknown_pieces": 1, "words": 9}}])
    assert (statistics["fertility"], statistics["unknown_rate"]) == (1.25, 0.2)


def test_nothing_to_divide_by_is_null():
    statistics = dataset_statistics([])
    assert (statistics["fertility"], statistics["unknown_rate"]) == (None, None)
    assert json.loads(json.dumps(statistics)) == statistics
