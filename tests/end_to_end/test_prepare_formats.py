"""prepare turns each row of every kind of input into a post with its text or a reject with its reason."""

import json

import pyarrow.parquet as pq
import pytest
from blogvae_process import manifest_of, rows_of
from every_format import EXPECTED, FILES, REJECTED, write_every_format

from pipelines import cli


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """The dataset that prepare makes of all formats."""
    root = tmp_path_factory.mktemp("formats")
    write_every_format(root / "posts")
    flags = [f"--input={root / 'posts'}", f"--output={root / 'dataset'}", "--vocab-size=600"]
    assert cli.main(["prepare", *flags, "--direct_num_workers=1"]) == 0
    return root / "dataset"


@pytest.fixture(scope="module")
def posts(dataset):
    """The staged rows by source and position, which only staged files hold, with the id that was read."""
    staged = {
        (row["source"], row["post_id"]): row["position"]
        for path in (dataset / ".work/clean").glob("*-posts.parquet")
        for row in pq.read_table(path, columns=["source", "post_id", "position"]).to_pylist()
    }
    return {
        f"{row['source']}#{staged[row['source'], row['post_id'].partition('~')[0]]}": row
        for row in rows_of(dataset, "posts/")
    }


@pytest.fixture(scope="module")
def rejects(dataset):
    return {f"{row['source']}#{row['position']}": row for row in rows_of(dataset, "rejects/")}


def test_every_post_has_its_text(posts):
    assert {place: row["text"] for place, row in posts.items()} == EXPECTED


def test_every_other_row_has_its_reason(rejects):
    told = {place: (row["stage"], row["reason"], row["value"]) for place, row in rejects.items()}
    assert told == REJECTED


def test_nothing_vanished(dataset):
    counts = manifest_of(dataset)["counts"]
    assert counts["rows_read"] == len(EXPECTED) + len(REJECTED)
    assert (counts["posts"], counts["rejects"]) == (len(EXPECTED), len(REJECTED))


@pytest.mark.parametrize(
    ("place", "metadata"),
    [
        (
            "blog/2014-05-15-yaml.md#0",
            {"title": "The last title", "author": "Jane Doe", "date": "2014-05-15", "tags": ["tea", "water"]},
        ),
        ("blog/deep/er/toml.md#0", {"title": "Of rust", "date": "2023-12-05", "tags": ["iron"]}),
        ("blog/page.html#0", {"title": "Salt & pepper", "post_id": "blog/page"}),
        ("blog/json.txt#0", {"title": "T {x}", "tags": ["a"]}),
        (
            "blog/2019-07-08-broken.txt#0",
            {
                "title": "A: B",
                "date": "2019-07-08",
                "front_matter_error": "line 2: mapping values are not allowed in this context",
            },
        ),
        ("exports/mixed.csv#1", {"title": "One, two", "date": "2021-03-04", "category": ["tea", "water"]}),
        ("exports/wp_posts.csv#3", {"post_id": "3", "title": "Title 3", "author": "1", "date": "2020-01-03"}),
        ("exports/kaggle.csv#1", {"post_id": "exports/kaggle-1", "author": "77", "category": ["Student"]}),
        ("blog/tabs.md#0", {"title": "Tabs", "author": "Jane, John"}),
        ("blog/2018-02-03-a-slug/index.md#0", {"title": "a slug", "date": "2018-02-03"}),
        ("exports/wordpress.csv#1", {"post_id": "31", "title": "Of WordPress", "author": "Jane", "date": "2020-02-01"}),
        ("exports/ghost.csv#1", {"post_id": "32", "title": "Of Ghost", "date": "2020-02-02"}),
        ("exports/medium.csv#1", {"title": "Of Medium", "author": "Jane"}),
        ("exports/blogger.csv#1", {"title": "Of labels", "date": "2020-02-04", "tags": ["tea", "cup"]}),
        ("exports/blogger.atom#1", {"title": "Of Blogger", "date": "2023-12-05"}),
        ("exports/lines.jsonl#1", {"title": "Line", "tags": ["a", "b"]}),
        ("exports/table.parquet#1", {"post_id": "60", "date": "2022-01-02"}),
        ("exports/wordpress.xml#1", {"post_id": "71", "title": "Title 71"}),
    ],
)
def test_metadata_is_found_wherever_the_format_has_it(posts, place, metadata):
    assert {name: posts[place][name] for name in metadata} == metadata


def test_code_stands_in_a_block_of_its_own(posts):
    blocks = posts["blog/2014-05-15-yaml.md#0"]["blocks"]
    assert [block["kind"] for block in blocks] == ["paragraph", "code"]


def test_an_id_that_comes_again_is_told_apart_by_its_place(posts):
    ids = {place: row["post_id"] for place, row in posts.items()}
    assert len(set(ids.values())) == len(ids)
    called_1 = {place for place, post_id in ids.items() if post_id.partition("~")[0] == "1"}
    assert len(called_1) == 10
    assert {place for place in called_1 if ids[place] == "1"} == {"exports/wp_posts.csv#1"}  # the earliest


def test_nothing_of_a_commenter_is_anywhere(dataset):
    written = str(rows_of(dataset, "posts/")) + str(rows_of(dataset, "rejects/")) + (dataset / "stats.json").read_text()
    assert "isitor" not in written


def test_statistics_hold_all_that_their_page_shows(dataset):
    statistics = json.loads((dataset / "stats.json").read_text())
    assert set(statistics) == {
        *("totals", "posts_by_split", "posts_by_source", "posts_by_language", "posts_by_month", "post_words"),
        *("segment_pieces", "rejects", "reject_examples", "duplicates", "pii", "front_matter_errors"),
        *("boilerplate", "boilerplate_lines_removed", "vocab_size", "fertility", "coverage", "unknown_rate"),
        *("dates_in_doubt", "dates_unread", "dates_unread_count", "suspicions"),
    }
    reasons = [reason for _, reason, _ in REJECTED.values()]
    assert statistics["rejects"] == {reason: reasons.count(reason) for reason in set(reasons)}
    assert statistics["front_matter_errors"] == 1
    assert statistics["duplicates"]["exact"] == 1
    for name in ("posts_by_split", "posts_by_source", "posts_by_language", "posts_by_month", "post_words"):
        assert sum(statistics[name].values()) == len(EXPECTED)
    folders = {name.partition("/")[0] for name in FILES}
    assert {source.partition("/")[0] for source in statistics["posts_by_source"]} == folders
    assert statistics["posts_by_source"]["blog"] == 7
    assert statistics["posts_by_source"]["exports/mixed.csv"] == 5
    assert {example["source"] for example in statistics["reject_examples"]["not published"]} <= set(FILES)


def test_the_page_is_whole_and_runs_nothing(dataset):
    page = (dataset / "stats.html").read_text()
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "<script" not in page.casefold()
    assert "javascript:" not in page.casefold()
    assert "&lt;script&gt;alert(1)" in page
    for reason in {reason for _, reason, _ in REJECTED.values()}:
        assert reason in page
