import pyarrow.parquet as pq
import pytest

from pipelines.clean.boilerplate import BOILERPLATE_POSTS
from pipelines.dataset.drop_boilerplate import drop_lines, find_lines, lines_path
from pipelines.dataset.staged_posts import content_sha256, staged_path
from pipelines.dedup.minhash import band_hashes
from pipelines.write.atomic import read_json

LINE = "Subscribe to our newsletter for more about kettles."


@pytest.fixture
def output(tmp_path):
    return str(tmp_path / "dataset")


def drop_boilerplate(units, output, settings, *, drop=True):
    """Drops the boilerplate of all units, and returns the names of the resulting staged units."""
    counts = [(unit.posts_by_site, unit.lines) for unit in units]
    lines = find_lines(counts, path=lines_path(output), drop=drop)
    return [drop_lines(unit, lines=lines, output=output, settings=settings)[1] for unit in units]


def text(row):
    return "\n\n".join(block["text"] for block in row["blocks"])


def rows(output, name, what="posts"):
    return pq.read_table(staged_path(output, name, what)).to_pylist()


def site(folder, count, line=LINE):
    return {f"{folder}/{n}.txt": f"The {n}. kettle sings.\n\n{line}\n" for n in range(count)}


def test_a_line_of_many_posts_of_a_site_is_taken_out_of_all_of_them(staged, output, settings):
    units = staged(site("blog", BOILERPLATE_POSTS) | {"other/a.txt": f"Another site.\n\n{LINE}"})
    (name,) = drop_boilerplate(units, output, settings)
    texts = {row["source"]: text(row) for row in rows(output, name)}
    assert texts["blog/3.txt"] == "The 3. kettle sings."
    assert texts["other/a.txt"] == f"Another site.\n\n{LINE}"
    assert read_json(lines_path(output)) == {"blog": {LINE: BOILERPLATE_POSTS}}


def test_hash_and_bands_follow_the_text_without_the_line(staged, output, settings):
    (name,) = drop_boilerplate(staged(site("blog", BOILERPLATE_POSTS)), output, settings)
    for row in rows(output, name):
        assert row["content_sha256"] == content_sha256(text(row))
        assert row["bands"] == band_hashes([text(row)])[0].tolist()


def test_a_post_that_consists_of_the_line_alone_stays_as_it_is(staged, output, settings):
    (name,) = drop_boilerplate(staged(site("blog", BOILERPLATE_POSTS) | {"blog/x.txt": LINE}), output, settings)
    assert {row["source"]: text(row) for row in rows(output, name)}["blog/x.txt"] == LINE
    assert rows(output, name, "rejects") == []


def test_lines_of_copies_of_one_post_are_no_boilerplate(staged, output, settings):
    units = staged({f"blog/{n}.txt": f"The kettle sings.\n\n{LINE}\n" for n in range(2 * BOILERPLATE_POSTS)})
    assert drop_boilerplate(units, output, settings) == [unit.fingerprint for unit in units]


def test_a_line_of_too_few_posts_stays(staged, output, settings):
    units = staged(site("blog", BOILERPLATE_POSTS - 1))
    assert drop_boilerplate(units, output, settings) == [unit.fingerprint for unit in units]
    assert read_json(lines_path(output)) == {}


def test_boilerplate_stays_without_drop(staged, output, settings):
    units = staged(site("blog", BOILERPLATE_POSTS))
    assert drop_boilerplate(units, output, settings, drop=False) == [unit.fingerprint for unit in units]


def test_a_line_that_no_post_of_a_unit_contains_does_not_change_its_name(staged, output, settings):
    (unit,) = staged(site("blog", BOILERPLATE_POSTS))
    lines = {"blog": {LINE: BOILERPLATE_POSTS}}
    more = {"blog": {LINE: BOILERPLATE_POSTS, "A line that other posts of the site share.": 12}}
    first = drop_lines(unit, lines=lines, output=output, settings=settings)
    assert first[1] != unit.fingerprint
    assert drop_lines(unit, lines=more, output=output, settings=settings) == first
    alone = {"blog": {"A line that other posts of the site share.": 12}}
    assert drop_lines(unit, lines=alone, output=output, settings=settings) == (unit.number, unit.fingerprint, 0)
