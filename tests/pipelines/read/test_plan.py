import random

import pytest

from pipelines.read import plan
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import cut_group, group_files


@pytest.fixture
def folder(tmp_path):
    for name, text in {"a.txt": "one", "b/c.md": "two", "b/d.txt": "three", "export.csv": "content\nx\n"}.items():
        path = tmp_path / "posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "posts"


def planned(*patterns, **settings):
    files = list_inputs([str(each) for each in patterns]).files
    return [unit for group in group_files(files) for unit in cut_group(group, columns=None, settings=settings)]


def names(units):
    return [[file.name for file in unit.files] for unit in units]


def fingerprints(units):
    return [unit.fingerprint for unit in units]


def many_files(count, *, seed=0):
    sizes = random.Random(seed)
    return [
        InputFile(path=f"/in/{n:05d}.txt", name=f"{n:05d}.txt", size=sizes.randrange(500, 20_000), kind="text")
        for n in range(count)
    ]


def test_small_files_are_read_together_and_an_export_alone(folder):
    assert names(planned(folder)) == [["a.txt", "b/c.md", "b/d.txt"], ["export.csv"]]


def test_an_export_between_files_parts_them(folder):
    (folder / "z.txt").write_text("four")
    assert names(planned(folder)) == [["a.txt", "b/c.md", "b/d.txt"], ["export.csv"], ["z.txt"]]


def test_no_run_is_much_larger_than_a_unit():
    groups = group_files(many_files(5000))
    sizes = [sum(file.size for file in group.files) for group in groups]
    assert [file for group in groups for file in group.files] == many_files(5000)
    assert max(sizes) <= 2 * plan.UNIT_BYTES
    assert min(sizes[:-1]) > plan.UNIT_BYTES / 4


def test_ten_more_files_change_the_runs_they_fall_into_alone():
    files = many_files(5000)
    new = [InputFile(path=f"/in/{n:05d}x.txt", name=f"{n:05d}x.txt", size=9000, kind="text") for n in range(2000, 2010)]
    before = {group.files for group in group_files(files)}
    after = {group.files for group in group_files(sorted([*files, *new], key=lambda file: file.path))}
    assert len(before) > 8
    assert len(after - before) <= 3


def test_a_large_export_is_cut_at_its_records(folder, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 2000)
    rows = "".join(f'{n},"a line\nand another, {n}"\n' for n in range(400))
    (folder / "export.csv").write_text(f"id,content\n{rows}")
    units = [unit for unit in planned(folder) if unit.part]
    assert len(units) > 3
    assert sum(unit.part.records for unit in units) == 400
    assert [unit.number for unit in units] == sorted({unit.number for unit in units})
    assert len(set(fingerprints(units))) == len(units)


def test_rows_at_the_end_of_an_export_leave_its_other_parts_as_they_were(folder, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 100_000)
    rows = "".join(f'{n},"{"kettle and lamp " * 400}{n}"\n' for n in range(800))
    (folder / "export.csv").write_text(f"id,content\n{rows}")
    before = fingerprints(planned(folder / "export.csv"))
    with (folder / "export.csv").open("a") as file:
        file.write("800,the newest\n")
    after = fingerprints(planned(folder / "export.csv"))
    assert len(before) > 4
    assert len(set(after) - set(before)) <= 2


def test_units_are_numbered_in_order_and_no_number_comes_twice(folder, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 500)
    for name in ("b/e.csv", "f.csv"):
        (folder / name).write_text("content\n" + "some words here\n" * 200)
    numbers = [unit.number for unit in planned(folder)]
    assert numbers == sorted(set(numbers))


def test_any_order_of_the_inputs_gives_the_same_plan(folder):
    one, other = folder / "export.csv", folder / "b"
    assert planned(one, other) == planned(other, one)


def test_a_copy_of_the_folder_elsewhere_gives_the_same_fingerprints(folder, tmp_path):
    before = fingerprints(planned(folder))
    folder.rename(tmp_path / "moved")
    assert fingerprints(planned(tmp_path / "moved")) == before


def test_the_fingerprint_follows_content_name_and_settings(folder):
    text, export = planned(folder, seed=0)
    assert fingerprints(planned(folder, seed=0)) == [text.fingerprint, export.fingerprint]
    assert not set(fingerprints(planned(folder, seed=1))) & {text.fingerprint, export.fingerprint}

    (folder / "a.txt").write_text("eno")
    content, same = planned(folder, seed=0)
    assert content.fingerprint != text.fingerprint
    assert same.fingerprint == export.fingerprint

    (folder / "a.txt").write_text("one")
    (folder / "a.txt").rename(folder / "aa.txt")
    name, same = planned(folder, seed=0)
    assert name.fingerprint not in {text.fingerprint, content.fingerprint}
    assert same.fingerprint == export.fingerprint
