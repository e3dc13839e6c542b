from pathlib import Path

import pytest

import pipelines.write.code_version as code_version_module
from pipelines.write.code_version import code_version, contents_hash


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.py").write_text("x = 1\n")
    (folder / "inner" / "words.txt").write_text("tea\n")
    return folder


@pytest.mark.parametrize("name", ["a.py", "inner/words.txt", "new.py"])
def test_any_changed_or_new_file_changes_the_hash(package, name):
    before = contents_hash([package])
    (package / name).write_text("x = 2\n")
    assert contents_hash([package]) != before


def test_a_renamed_file_changes_the_hash_and_a_compiled_one_does_not(package):
    before = contents_hash([package])
    (package / "inner" / "a.pyc").write_bytes(b"compiled")
    assert contents_hash([package]) == before
    (package / "a.py").rename(package / "b.py")
    assert contents_hash([package]) != before


def test_the_code_version_is_the_hash_of_the_three_packages():
    root = Path(code_version_module.__file__).parents[2]
    assert code_version() == contents_hash([root / name for name in ("pipelines", "tokenizer", "vae")])
