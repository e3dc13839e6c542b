import pytest

from pipelines.posts.post import RawPost
from pipelines.read.files.inputs import list_inputs
from pipelines.read.first_posts import first_posts
from pipelines.read.plan import cut_group, group_files
from pipelines.read.reader import read_raw_posts


@pytest.fixture
def files(tmp_path):
    """Three posts and an empty row in a table between two texts."""
    (tmp_path / "a.txt").write_text("One")
    (tmp_path / "b.csv").write_text("id,content\n1,Two\n2,\n3,Three\n4,Four\n")
    (tmp_path / "c.txt").write_text("Five")
    return list_inputs([str(tmp_path)]).files


@pytest.mark.parametrize(
    ("limit", "taken", "read"),
    [
        (1, [("a.txt", 1)], 1),
        (2, [("a.txt", None), ("b.csv", 1)], 2),
        (3, [("a.txt", None), ("b.csv", 3)], 4),
        (9, [("a.txt", None), ("b.csv", None), ("c.txt", None)], 6),
    ],
)
def test_so_many_posts_are_read_and_the_rejects_before_them(files, limit, taken, read):
    found = list(first_posts(files, columns=None, limit=limit))
    assert [(file.name, file.take) for file in found] == taken
    items = [item for file in found for item in read_raw_posts(file, columns=None)]
    assert len(items) == read
    posts = [item.content for item in items if isinstance(item, RawPost)]
    assert posts == ["One", "Two", "Three", "Four", "Five"][:limit]


def test_files_after_them_are_not_opened(files, tmp_path):
    (tmp_path / "c.txt").unlink()
    assert [file.name for file in first_posts(files, columns=None, limit=4)] == ["a.txt", "b.csv"]


def test_a_file_that_is_not_read_to_its_end_is_one_unit_of_its_own_name(files, monkeypatch):
    monkeypatch.setattr("pipelines.read.plan.UNIT_BYTES", 8)

    def units(limit):
        group = group_files(list(first_posts(files, columns=None, limit=limit)))[-1]
        return [unit.fingerprint for unit in cut_group(group, columns=None, settings=None)]

    assert len(units(2)) == len(units(3)) == 1
    assert units(2) != units(3)
