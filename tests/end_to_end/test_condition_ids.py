"""The condition ids of shards stand for the labels of their posts, and keep their meaning when a dataset grows."""

import csv
from collections import Counter

import pytest
from blogvae_process import manifest_of, rows_of

from vae.data.dataset import Dataset

WORDS = "kettle lamp garden harbour letter window roof market dog boat rain sister".split()


def post(number, category, author):
    words = " ".join(f"the {WORDS[(number * 7 + at) % 12]} {WORDS[(number * 5 + 3 * at) % 12]}" for at in range(12))
    return {"id": number, "category": category, "author": author, "content": f"Day {number}: {words}."}


def write(folder, name, posts):
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        rows = csv.DictWriter(file, list(posts[0]))
        rows.writeheader()
        rows.writerows(posts)


@pytest.fixture
def posts(tmp_path):
    """An export in which `tea` is the first category of 7 posts, `birds` of 5 and `rare` of 4; four posts have none."""
    categories = ["tea"] * 4 + ["birds|tea"] * 5 + ["tea|rare"] * 3 + ["rare"] * 4 + [""] * 4
    authors = ["Ann", "Bo", ""] * 5 + ["Cy"] * 4 + [" Ann "]
    rows = [post(at, *labels) for at, labels in enumerate(zip(categories, authors, strict=True))]
    write(tmp_path / "posts", "old.csv", rows)
    return tmp_path / "posts"


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "dataset"


def prepare(posts, dataset, *more):
    return "prepare", f"--input={posts}", f"--output={dataset}", "--vocab-size=600", "--max-len=16", *more


def names_in_shards(dataset):
    """The names that the condition ids of a post's rows stand for, by post; empty for id 0."""
    names = {column: ["", *listed] for column, listed in Dataset.open(dataset).labels.items()}
    rows = rows_of(dataset, "shards/")
    assert len(rows) > len({row["post_id"] for row in rows})
    found = {(row["post_id"], names["category"][row["category"]], names["author"][row["author"]]) for row in rows}
    by_post = {post_id: tuple(own) for post_id, *own in found}
    assert len(by_post) == len(found)
    return by_post


def test_ids_name_the_first_category_and_the_author_where_enough_posts_have_them(posts, dataset, done):
    done(*prepare(posts, dataset))
    assert manifest_of(dataset)["labels"] == {"category": ["tea", "birds"], "author": ["Ann", "Bo"]}
    found = names_in_shards(dataset)
    assert len(found) == manifest_of(dataset)["counts"]["posts"] == 20
    for row in rows_of(dataset, "posts/"):
        category, author = (row["category"] or [""])[0], row["author"]
        assert found[row["post_id"]] == ("" if category == "rare" else category, "" if author == "Cy" else author)
    assert Counter(category for category, _ in found.values()) == {"tea": 7, "birds": 5, "": 8}


def test_growth_keeps_every_id_until_they_are_numbered_anew(posts, dataset, done, tmp_path):
    done(*prepare(posts, dataset))
    labels, before = manifest_of(dataset)["labels"], names_in_shards(dataset)
    encoded = receipts(dataset)
    more = [post(100 + at, "rare", "Bo") for at in range(9)]
    write(posts, "more.csv", more)
    done(*prepare(posts, dataset))
    assert manifest_of(dataset)["labels"] == labels
    after = names_in_shards(dataset)
    assert before.items() <= after.items()
    assert {after[str(row["id"])] for row in more} == {("", "Bo")}
    assert encoded.items() <= receipts(dataset).items()

    done(*prepare(posts, dataset, "--retokenize"))
    grown = {"category": ["rare", "tea", "birds"], "author": ["Bo", "Ann"]}
    assert manifest_of(dataset)["labels"] == grown
    assert names_in_shards(dataset)["100"] == ("rare", "Bo")
    done(*prepare(posts, tmp_path / "fresh"))
    assert manifest_of(tmp_path / "fresh")["labels"] == grown


def receipts(dataset):
    """The time at which each unit was encoded, which shows whether it was encoded again."""
    return {path: path.stat().st_mtime_ns for path in (dataset / ".work/encoded").glob("*.json")}


def test_labels_are_numbered_beside_a_given_tokenizer(posts, dataset, done, tmp_path):
    done(*prepare(posts, dataset))
    done(*prepare(posts, tmp_path / "given", f"--tokenizer={dataset / 'tokenizer/spm.model'}"))
    assert manifest_of(tmp_path / "given")["labels"] == manifest_of(dataset)["labels"]
    assert names_in_shards(tmp_path / "given") == names_in_shards(dataset)
