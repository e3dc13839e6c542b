"""The posts that duplicates point to are named, whichever unit they are in, and each unit is read once."""

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.dataset import name_places
from pipelines.dataset.name_places import NamePlaces, name_rows, wanted_rows
from pipelines.dedup.decisions import Decisions, ExactDuplicate, NearDuplicate
from pipelines.dedup.keys import PostPlace

EXPORT = "id,content\n7,The kettle sings.\n8,The lamp goes out.\n9,The train stops.\n"


@pytest.fixture
def units(staged):
    """The (number, name) of two staged units: a folder of one post, and an export of three."""
    texts = {"a.txt": "Rain falls on the garden.", "posts.csv": EXPORT}
    return [(unit.number, unit.fingerprint) for unit in staged(texts)]


def test_every_unit_comes_with_the_names_that_its_decisions_point_to(units, tmp_path):
    folder, export = (number for number, _ in units)
    decisions = [
        Decisions(near=(NearDuplicate(0, PostPlace(export, 2), 2),)),
        Decisions(
            exact=(ExactDuplicate(1, PostPlace(folder, 0)), ExactDuplicate(2, PostPlace(export, 0))),
            near=(NearDuplicate(0, PostPlace(folder, 0), 3),),
        ),
    ]
    names = [
        {PostPlace(export, 2): "posts.csv#3"},
        {PostPlace(folder, 0): "a.txt#0", PostPlace(export, 0): "posts.csv#1"},
    ]
    with beam_pipeline(beam_options([], units=1)) as pipeline:
        inputs = {
            "units": pipeline | "Units" >> beam.Create(units),
            "decisions": pipeline | "Decisions" >> beam.Create(list(zip(units, decisions, strict=True))),
        }
        decided = inputs | NamePlaces(output=str(tmp_path / "dataset"))
        assert_that(decided, equal_to(list(zip(units, zip(decisions, names, strict=True), strict=True))))


def test_a_row_that_several_duplicates_point_to_is_asked_for_once():
    decisions = Decisions(exact=tuple(ExactDuplicate(row, PostPlace(4, 9)) for row in range(3)))
    assert list(wanted_rows(((7, "unit"), decisions))) == [(4, (7, [9]))]


def test_a_unit_is_read_once_for_all_that_ask_and_not_at_all_when_none_does(units, tmp_path, monkeypatch):
    number, name = units[1]
    reads = []
    read_columns = name_places.read_columns
    monkeypatch.setattr(
        name_places, "read_columns", lambda path, columns: reads.append(path) or read_columns(path, columns)
    )
    output = str(tmp_path / "dataset")
    assert list(name_rows((number, {"units": [name], "wanted": []}), output=output)) == []
    assert reads == []
    wanted = [(0, [0]), (5, [0, 1])]
    first, second = (PostPlace(number, row) for row in (0, 1))
    assert list(name_rows((number, {"units": [name], "wanted": wanted}), output=output)) == [
        (0, {first: "posts.csv#1"}),
        (5, {first: "posts.csv#1", second: "posts.csv#2"}),
    ]
    assert len(reads) == 1
