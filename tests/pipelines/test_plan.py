import pytest

from pipelines import plan
from pipelines.plan import plan_units
from pipelines.read.inputs import list_inputs


@pytest.fixture
def folder(tmp_path):
    for name, text in {"a.txt": "one", "b/c.md": "two", "b/d.txt": "three", "export.csv": "content\nx\n"}.items():
        path = tmp_path / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "posts"


def planned(*patterns, **settings):
    return plan_units(list_inputs([str(each) for each in patterns]).files, settings=settings)


def names(units):
    return [[file.name for file in unit.files] for unit in units]


def fingerprints(units):
    return {unit.fingerprint for unit in units}


def test_small_files_are_read_together_and_an_export_alone(folder):
    assert names(planned(folder)) == [["a.txt", "b/c.md", "b/d.txt"], ["export.csv"]]


def test_an_export_between_files_parts_them(folder):
    (folder / "z.txt").write_text("four")
    assert names(planned(folder)) == [["a.txt", "b/c.md", "b/d.txt"], ["export.csv"], ["z.txt"]]


def test_a_unit_holds_no_more_than_its_bytes(folder, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 6)
    assert names(planned(folder)) == [["a.txt", "b/c.md"], ["b/d.txt"], ["export.csv"]]


def test_a_file_larger_than_a_unit_is_a_unit(folder, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 1)
    assert names(planned(folder)) == [["a.txt"], ["b/c.md"], ["b/d.txt"], ["export.csv"]]


def test_any_order_of_the_inputs_gives_the_same_plan(folder):
    one, other = folder / "export.csv", folder / "b"
    assert planned(one, other) == planned(other, one)


def test_a_copy_of_the_folder_elsewhere_gives_the_same_fingerprints(folder, tmp_path):
    before = fingerprints(planned(folder))
    folder.rename(tmp_path / "moved")
    assert fingerprints(planned(tmp_path / "moved")) == before


def test_the_fingerprint_follows_content_name_and_settings(folder):
    text, export = planned(folder, seed=0)
    assert fingerprints(planned(folder, seed=0)) == {text.fingerprint, export.fingerprint}
    assert not fingerprints(planned(folder, seed=1)) & {text.fingerprint, export.fingerprint}

    (folder / "a.txt").write_text("eno")
    content, same = planned(folder, seed=0)
    assert content.fingerprint != text.fingerprint
    assert same.fingerprint == export.fingerprint

    (folder / "a.txt").write_text("one")
    (folder / "a.txt").rename(folder / "aa.txt")
    name, same = planned(folder, seed=0)
    assert name.fingerprint not in {text.fingerprint, content.fingerprint}
    assert same.fingerprint == export.fingerprint
