import pytest

from pipelines.augment.posts_made import forget_made, posts_made, tell_made


@pytest.fixture
def sizes(tmp_path):
    """Two units of 64 and 10 posts, of which none is finished."""
    return {str(tmp_path / "candidates/one.parquet"): 64, str(tmp_path / "candidates/two.parquet"): 10}


def test_posts_count_as_they_are_told_and_all_once_the_unit_is_finished(sizes, tmp_path):
    one, two = sizes
    assert posts_made(sizes) == 0
    tell_made(one, 3)
    tell_made(two, 2)
    tell_made(two, 4)
    assert posts_made(sizes) == 7
    (tmp_path / "candidates/one.parquet").touch()
    assert posts_made(sizes) == 68


def test_a_file_that_is_being_written_counts_as_none(sizes, tmp_path):
    tell_made(next(iter(sizes)), 3)
    (tmp_path / "candidates/one.made").write_text("")
    assert posts_made(sizes) == 0


def test_what_a_killed_run_told_is_forgotten(sizes, tmp_path):
    tell_made(next(iter(sizes)), 3)
    forget_made(sizes)
    assert posts_made(sizes) == 0
    assert list((tmp_path / "candidates").iterdir()) == []


def test_of_a_remote_unit_nothing_is_told_or_forgotten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tell_made("gs://bucket/candidates/one.parquet", 3)
    forget_made(["gs://bucket/candidates/one.parquet"])
    assert list(tmp_path.iterdir()) == []
