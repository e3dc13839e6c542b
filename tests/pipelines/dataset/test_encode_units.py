import os
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from pipelines.dataset.encode_units import POSTS_GROUP
from pipelines.dedup.decisions import Cluster, Decisions, ExactDuplicate, NearDuplicate
from pipelines.dedup.keys import PostPlace
from pipelines.write.atomic import read_json
from tokenizer.protobuf import field
from tokenizer.tokenizer import EOS, Tokenizer

TEXTS = {
    "blog/a.md": "---\ndate: 2023-12-05\n---\nThe cat painted.\n\n## The dog\n\n- One item.\n",
    "blog/b.txt": "The bird mended the small window.",
    "blog/empty.txt": "",
    "news/c.md": "---\ntitle: A: B\n---\n```\ncode()\n```\n",
}


@pytest.fixture
def units(staged):
    return staged(TEXTS)


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "dataset"


def rows(dataset, receipt, folder):
    """Returns the rows of one unit's files below a folder of the dataset."""
    paths = [file["path"] for file in read_json(receipt)["files"] if file["path"].startswith(folder)]
    return [row for path in paths for row in pq.read_table(dataset / path, partitioning=None).to_pylist()]


def test_posts_rejects_and_pieces_are_written_and_counted(units, encode, dataset, tokenizer):
    (receipt,) = encode(units)
    posts, rejects = rows(dataset, receipt, "posts/"), rows(dataset, receipt, "rejects/")
    assert [post["post_id"] for post in posts] == ["blog/a", "blog/b", "news/c"]
    assert [(row["source"], row["reason"]) for row in rejects] == [("blog/empty.txt", "empty body")]
    facts = read_json(receipt)
    pieces = pq.read_table(dataset / facts["encoded"]).to_pylist()
    written = sorted((row["post_id"], row["segment"], row["input_ids"]) for row in pieces)
    texts = [("blog/a", 0, "The cat painted."), ("blog/a", 1, "One item."), ("blog/b", 0, TEXTS["blog/b.txt"])]
    assert written == [(post, segment, [*tokenizer.encode([text])[0], EOS]) for post, segment, text in texts]
    assert (facts["segments"], facts["wide"], facts["front_matter_errors"]) == (3, False, 1)
    assert sum(rows for _, _, rows in facts["groups"]) == 3
    assert facts["posts_by_source"] == {"blog": 2, "news": 1}
    assert facts["posts_by_month"] == {"": 2, "2023-12": 1}
    assert facts["rejects"] == {"empty body": 1}
    assert facts["reject_examples"]["empty body"][0]["source"] == "blog/empty.txt"
    assert facts["totals"]["words"] == sum(len(post["text"].split()) for post in posts)
    assert sum(facts["post_words"].values()) == sum(facts["posts_by_split"].values()) == 3


def test_no_file_is_written_without_rows(staged, encode, dataset):
    (all_accepted,) = encode(staged({"a.txt": "The cat painted."}))
    assert [file["path"].partition("/")[0] for file in read_json(all_accepted)["files"]] == ["posts"]
    (all_rejected,) = encode(staged({"a.txt": ""}))
    assert [file["path"].partition("/")[0] for file in read_json(all_rejected)["files"]] == ["rejects"]
    assert not (dataset / "duplicates").exists()


def test_the_receipt_lists_every_file_with_its_size_and_rows(units, encode, dataset):
    (receipt,) = encode(units, decisions={0: Decisions(near=(NearDuplicate(1, PostPlace(0, 0), 2),))})
    files = read_json(receipt)["files"]
    assert sorted(file["path"].partition("/")[0] for file in files) == ["duplicates", "posts", "rejects"]
    for file in files:
        assert (dataset / file["path"]).stat().st_size == file["bytes"]
        assert pq.ParquetFile(dataset / file["path"]).metadata.num_rows == file["rows"]


def test_a_rerun_writes_nothing_again(units, encode, dataset):
    (receipt,) = encode(units)
    paths = [receipt, *(dataset / file["path"] for file in read_json(receipt)["files"])]
    for path in paths:
        os.utime(path, (1, 1))
    assert encode(units) == [receipt]
    assert {os.stat(path).st_mtime for path in paths} == {1}  # noqa: PTH116 - Beam's paths are strings


def test_a_file_that_was_lost_or_cut_short_is_written_again(units, encode, dataset):
    (receipt,) = encode(units)
    path = dataset / read_json(receipt)["files"][0]["path"]
    whole = path.read_bytes()
    for broken in (None, whole[: len(whole) // 2]):
        path.unlink() if broken is None else path.write_bytes(broken)
        encode(units)
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "changed",
    [
        {"max_len": 32},
        {"unit": "post"},
        {"seed": 1},
        {"near_duplicates": "drop"},
        {"tokenizer": None},
        {"labels": {"category": ["tea"], "author": []}},
        {"decisions": {0: Decisions(renamed=(0,))}},
    ],
)
def test_a_changed_input_or_setting_changes_the_name_of_the_receipt(units, encode, changed):
    (before,) = encode(units)
    assert encode(units) == [before]
    assert encode(units, **changed) != [before]


def test_without_a_tokenizer_posts_are_written_and_no_pieces(units, encode, dataset):
    (receipt,) = encode(units, tokenizer=None)
    assert len(rows(dataset, receipt, "posts/")) == 3
    assert (read_json(receipt)["groups"], read_json(receipt)["segments"]) == ([], 0)


def test_every_row_has_the_condition_ids_of_its_post(staged, encode, dataset):
    texts = {
        "a.md": "---\ncategory: [birds, tea]\nauthor: Bo\n---\nThe cat painted.\n\nThe dog mended.\n",
        "b.md": "---\ncategory: tea\nauthor: Cy\n---\nThe cat painted.\n",
        "c.txt": "The cat painted.",
    }
    labels = {"category": ["tea", "birds"], "author": ["Ann", "Bo"]}
    (receipt,) = encode(staged(texts), labels=labels)
    pieces = pq.read_table(dataset / read_json(receipt)["encoded"])
    assert sorted((row["post_id"], row["category"], row["author"]) for row in pieces.to_pylist()) == [
        *(("a", 2, 2), ("a", 2, 2), ("b", 1, 0), ("c", 0, 0)),
    ]
    assert {str(pieces.schema.field(label).type) for label in labels} == {"uint16"}


def test_the_receipt_says_that_a_vocabulary_is_wide(units, encode, tokenizer):
    more = b"".join(field(1, field(1, f"<{n}>") + field(2, -99.0)) for n in range(1 << 16))
    (receipt,) = encode(units, tokenizer=Tokenizer(tokenizer.model + more))
    assert read_json(receipt)["wide"]


def test_near_duplicates_are_listed_rejected_or_kept_by_the_mode(units, encode, dataset):
    decisions = {0: Decisions(near=(NearDuplicate(1, PostPlace(0, 0), 2),), clusters=(Cluster(0, 2, 0),))}
    (report,) = encode(units, decisions=decisions)
    (drop,) = encode(units, decisions=decisions, near_duplicates="drop")
    (keep,) = encode(units, decisions={0: replace(decisions[0], near=())}, near_duplicates="keep")
    assert [
        (
            len(rows(dataset, receipt, "posts/")),
            len(rows(dataset, receipt, "rejects/")),
            [(row["post_id"], row["representative"]) for row in rows(dataset, receipt, "duplicates/")],
        )
        for receipt in (report, drop, keep)
    ] == [(3, 1, [("blog/b", "blog/a.md#0")]), (2, 2, []), (3, 1, [])]
    assert read_json(drop)["rejects"] == {"empty body": 1, "near duplicate": 1}
    assert read_json(drop)["largest_cluster"] == 2


def test_decisions_apply_to_the_rows_of_every_batch(staged, encode, dataset):
    export = "".join(f"{n},The cat {'abcdefgh'[n % 8]} painted {n} birds.\n" for n in range(600))
    units = staged({"posts.csv": f"id,content\n{export}"})
    decisions = {0: Decisions(exact=(ExactDuplicate(300, PostPlace(0, 5)),), renamed=(599,), splits=((512, "test"),))}
    (receipt,) = encode(units, decisions=decisions)
    posts = rows(dataset, receipt, "posts/")
    assert [post["post_id"] for post in posts[:-1]] == [str(n) for n in range(599) if n != 300]
    assert posts[-1]["post_id"].startswith("599~")
    assert posts[511]["split"] == "test"
    (reject,) = rows(dataset, receipt, "rejects/")
    assert (reject["post_id"], reject["position"], reject["value"]) == ("300", 301, "posts.csv#6")
    (path,) = (file["path"] for file in read_json(receipt)["files"] if file["path"].startswith("posts/"))
    metadata = pq.ParquetFile(dataset / path).metadata
    assert max(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)) == POSTS_GROUP


def test_a_new_unit_with_a_smaller_number_leaves_a_units_receipt_as_it_was(staged, encode):
    before = encode(staged({"b.csv": "content\nThe cat painted.\n"}))
    after = encode(staged({"a.csv": "content\nThe dog mended.\n"}))
    assert before == after[1:]
