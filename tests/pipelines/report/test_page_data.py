import base64
import gzip
import json

import numpy as np
import pytest

from pipelines.report.candidate_scores import read_candidate_scores
from pipelines.report.manifest_folder import ManifestFolder
from pipelines.report.page_data import page_data, shown_rows
from pipelines.report.rule_scores import rule_scores
from pipelines.report.shown_posts import LONGEST_SHOWN


@pytest.fixture
def folder(variations_folder):
    return ManifestFolder.open(variations_folder.write(), command="augment")


def unpacked(text):
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_rows_are_numbered_over_the_variations_and_then_the_rejects(folder):
    rows = shown_rows(folder, np.array([1, 5, 8]))
    assert [(row["post_id"], row.get("variant"), row.get("stage")) for row in rows] == [
        ("orchard", 1, None),
        ("lonely", None, "candidate"),
        ("lonely", None, "post"),
    ]


def test_a_post_holds_its_candidates_by_outcome_and_number(folder):
    rules = rule_scores(read_candidate_scores(folder), filters={})
    rows = shown_rows(folder, np.array([0, 1, 7]))
    data = unpacked(page_data(rows, sources={}, rules=rules))
    [post] = data["posts"]
    assert [(each["outcome"], each["number"]) for each in post["candidates"]] == [
        *(("accepted", 1), ("accepted", 2), ("rejected", 3))
    ]
    assert [rule["name"] for rule in data["rules"]] == [
        *("length_ratio", "repetition", "copy", "drift", "unfinished", "similarity")
    ]
    assert post["candidates"][2]["failed"] == [["repetition", "0.41", "0.2"]]
    assert post["candidates"][2]["scores"] == [1, 0.41, 0.6, 0.6, None, None]


def test_a_post_that_is_not_there_has_the_metadata_of_its_rows_and_no_text(folder):
    rows = shown_rows(folder, np.array([0]))
    [post] = unpacked(page_data(rows, sources={}, rules=[]))["posts"]
    assert (post["id"], post["title"], post["text"], post["cut"]) == ("orchard", "Orchard", None, False)


def test_a_long_text_is_cut(folder):
    [row] = shown_rows(folder, np.array([0]))
    [post] = unpacked(page_data([{**row, "text": "x" * (LONGEST_SHOWN + 1)}], sources={}, rules=[]))["posts"]
    [candidate] = post["candidates"]
    assert (len(candidate["text"]), candidate["cut"]) == (LONGEST_SHOWN, True)


def test_the_same_rows_give_the_same_text(folder):
    rows = shown_rows(folder, np.arange(9))
    assert page_data(rows, sources={}, rules=[]) == page_data(rows[::-1], sources={}, rules=[])
