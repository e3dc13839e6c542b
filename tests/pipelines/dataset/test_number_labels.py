from collections import Counter

import apache_beam as beam
import pyarrow as pa
import pytest
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset import number_labels
from pipelines.dataset.number_labels import (
    LEAST_POSTS,
    LONGEST_NAME,
    NumberLabels,
    common_names,
    condition_ids,
    count_names,
    names_of,
    number_names,
)


def posts(*rows):
    """Returns a table of posts with the label columns, from rows of (categories, author)."""
    categories, authors = zip(*rows, strict=True)
    return pa.table({"category": pa.array(categories, pa.list_(pa.string())), "author": pa.array(authors, pa.string())})


@pytest.fixture
def output(tmp_path):
    return str(tmp_path / "dataset")


def post(category, author):
    return f"---\ncategory: [{category}]\nauthor: {author}\n---\nThe kettle sings.\n"


@pytest.fixture
def units(staged):
    """Two units that only together have enough posts of the category tea; the author Ann has one post too few."""
    few = {f"a/{n}.md": post("tea, birds", "Ann") for n in range(LEAST_POSTS - 1)}
    export = "".join(f'"tea, {n}",Bo {n},The kettle sings {n} times.\n' for n in range(LEAST_POSTS))
    return staged(few | {"z.csv": f"category,author,content\n{export}"})


@given(st.lists(st.tuples(st.sampled_from(["category", "author"]), st.text(max_size=3), st.integers(1, 9))))
def test_names_are_numbered_by_descending_count_then_by_name(common):
    posts_by_name = {(column, name): posts for column, name, posts in common}
    rows = [(*key, posts) for key, posts in posts_by_name.items()]
    labels = number_names(rows)
    assert number_names(rows[::-1]) == labels
    for column in ("category", "author"):
        of_column = {name: posts for row_column, name, posts in rows if row_column == column}
        assert sorted(labels[column]) == sorted(of_column)
        ranks = [(-of_column[name], name) for name in labels[column]]
        assert ranks == sorted(ranks)


def test_only_the_most_common_names_are_numbered(monkeypatch):
    monkeypatch.setattr(number_labels, "MOST_NAMES", 2)
    common = [("author", "Ann", 5), ("author", "Bo", 7), ("author", "Cy", 6), ("category", "tea", 5)]
    assert number_names(common) == {"category": ["tea"], "author": ["Bo", "Cy"]}


def test_without_a_common_name_both_columns_are_empty():
    assert number_names([]) == {"category": [], "author": []}


def test_a_posts_names_are_its_first_category_and_its_author_without_white_space():
    table = posts((["tea", "birds"], " Ann "), ([], ""), ([" birds"], "Bo, Cy"))
    assert names_of(table) == {"category": ["tea", "", "birds"], "author": ["Ann", "", "Bo, Cy"]}


def test_a_cell_that_is_too_long_counts_as_empty():
    assert names_of(posts((["t" * LONGEST_NAME], "A" * (LONGEST_NAME + 1)))) == {
        "category": ["t" * LONGEST_NAME],
        "author": [""],
    }


def test_a_name_is_common_if_all_units_together_have_enough_posts_of_it():
    units = [{"tea": LEAST_POSTS - 1, "birds": LEAST_POSTS - 1}, {"tea": 1}]
    assert list(common_names((("category", 3), units))) == [("category", "tea", LEAST_POSTS)]


@given(
    st.lists(st.tuples(st.sampled_from(["", "tea", "birds", "rare"]), st.sampled_from(["", "Ann", "Bo"])), min_size=1)
)
def test_a_condition_id_is_the_position_of_its_name_from_1_and_0_without_one(rows):
    labels = {"category": ["birds", "tea"], "author": ["Bo"]}
    ids = condition_ids(posts(*[([category] if category else [], author) for category, author in rows]), labels)
    assert ids["category"].tolist() == [{"birds": 1, "tea": 2}.get(category, 0) for category, _ in rows]
    assert ids["author"].tolist() == [int(author == "Bo") for _, author in rows]
    assert {column: str(array.dtype) for column, array in ids.items()} == {"category": "uint16", "author": "uint16"}


def test_each_name_of_a_unit_is_counted_in_one_part(units, output):
    export = next(unit for unit in units if unit.posts_by_site == {"z.csv": LEAST_POSTS})
    counts = count_names(export.fingerprint, output=output)
    total = Counter()
    for (column, _), names in counts:
        total.update({(column, name): posts for name, posts in names.items()})
    assert total == {("category", "tea"): LEAST_POSTS, **{("author", f"Bo {n}"): 1 for n in range(LEAST_POSTS)}}
    assert len({key for key, _ in counts}) == len(counts)
    assert sum(len(names) for _, names in counts) == len(total)


def test_the_pipeline_gathers_the_labels_of_all_units(units, output):
    staged = [(unit.number, unit.fingerprint) for unit in units]
    with test_pipeline.TestPipeline() as pipeline:
        labels = pipeline | beam.Create(staged) | NumberLabels(output=output)
        assert_that(labels, equal_to([{"category": ["tea"], "author": []}]))


def test_posts_without_category_and_author_give_empty_labels(staged, output):
    (unit,) = staged({"a.txt": "The kettle sings."})
    with test_pipeline.TestPipeline() as pipeline:
        labels = pipeline | beam.Create([(unit.number, unit.fingerprint)]) | NumberLabels(output=output)
        assert_that(labels, equal_to([{"category": [], "author": []}]))
