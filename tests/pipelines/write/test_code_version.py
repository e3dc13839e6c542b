import pytest

from pipelines.write.code_version import code_version, contents_hash


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.py").write_text("x = 1\n")
    (folder / "inner" / "words.txt").write_text("tea\n")
    return folder


@pytest.mark.parametrize("name", ["a.py", "inner/words.txt", "new.py"])
def test_code_and_data_count_wherever_they_lie(package, name):
    before = contents_hash([package])
    (package / name).write_text("x = 2\n")
    assert contents_hash([package]) != before


def test_a_file_that_moved_counts_and_what_python_makes_does_not(package):
    before = contents_hash([package])
    (package / "inner" / "a.pyc").write_bytes(b"compiled")
    assert contents_hash([package]) == before
    (package / "a.py").rename(package / "b.py")
    assert contents_hash([package]) != before


def test_of_the_packages_that_are_here():
    assert len(code_version()) == 64
