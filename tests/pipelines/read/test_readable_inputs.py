import logging
import os

import pytest

from pipelines.errors import UserError
from pipelines.posts.post import Reject
from pipelines.read.readable_inputs import readable_inputs
from pipelines.read.reader import cut_file, read_raw_posts

NO_CONTENT = "id,headline\n1,Tea\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def files(texts):
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return files


def names(*inputs, output="dataset"):
    return [file.name for file in readable_inputs(inputs, columns=None, output=output)]


def test_what_lies_in_the_output_is_left_out(write, caplog):
    write({"in/a.txt": "Tea", "in/out/stats.html": "<p>Tea</p>", "in/out/x.png": "", "in/outer.txt": "Tea"})
    caplog.set_level(logging.INFO)
    assert names("in", output="in/out") == ["a.txt", "outer.txt"]
    assert caplog.messages == ["left out 1 file in --output in/out"]


@pytest.mark.parametrize("given", ["out", "out/", "./out", "out/posts", "out/*.txt", "in/../out", "{here}/out"])
def test_an_input_in_the_output_is_refused(write, tmp_path, given):
    write({"in/a.txt": "Tea", "out/b.txt": "Tea", "out/posts/c.txt": "Tea"})
    given = given.format(here=tmp_path)
    with pytest.raises(UserError) as error:
        names("in", given, output="out/")
    assert str(error.value) == f"--input {given} lies in --output out/; choose another --output"


def test_a_store_is_compared_by_its_whole_path():
    with pytest.raises(UserError, match=r"^--input gs://b/out/posts lies in --output gs://b/out; choose another"):
        names("gs://b/out/posts", output="gs://b/out")


def test_where_all_that_matches_is_the_outputs_nothing_is_left(write):
    write({"set1/b.txt": "Tea"})
    with pytest.raises(UserError, match="--output set1 holds every file of --input; choose another --output"):
        names("se*1/*.txt", output="set1")


@pytest.mark.parametrize(
    ("table", "columns", "reason", "value"),
    [
        (NO_CONTENT, None, "no content column", "bad.csv: no content column among id, headline; name it with"),
        (f"id\n{'1' * 1_100_000}\n", None, "no content column", "bad.csv: no content column among id; "),
        (NO_CONTENT, {"title": "words"}, "columns not found", "bad.csv: no column words among id, headline; "),
        (f'"{"x" * 17_000_000}', None, "columns not found", "bad.csv: the first row cannot be read ("),
    ],
    ids=["content", "long", "asked for", "first row"],
)
def test_a_table_that_cannot_be_read_is_one_reject_and_the_others_are_read(write, table, columns, reason, value):
    write({"in/bad.csv": table, "in/good.csv": "words,content\nTea,The kettle sings.\n", "in/a.txt": "Tea"})
    files = readable_inputs(["in"], columns=columns, output="dataset")
    assert [file.name for file in files] == ["a.txt", "bad.csv", "good.csv"]
    assert cut_file(files[1], columns=columns, part_bytes=8) == []
    (reject,) = read_raw_posts(files[1], columns=columns)
    assert reject == Reject(source="bad.csv", position=0, stage="read", reason=reason, value=files[1].refused)
    assert files[1].refused.startswith(value)


def test_tables_that_cannot_be_read_are_told_in_one_line(write, caplog):
    write({f"in/{n}.csv": NO_CONTENT for n in range(3)} | {"in/a.txt": "Tea"})
    names("in")
    (said,) = caplog.messages
    assert said.startswith("rejected 3 files whole, such as 0.csv: no content column among id, headline; ")


def test_a_table_that_is_named_or_the_only_one_is_the_users_mistake(write):
    write({"in/bad.csv": NO_CONTENT, "in/a.txt": "Tea", "only/bad.csv": NO_CONTENT})
    for inputs in (["in/bad.csv", "in/a.txt"], ["only"]):
        with pytest.raises(UserError, match=r"bad.csv: no content column among id, headline; name it with --columns"):
            names(*inputs)


def test_files_of_other_kinds_are_told_in_one_line(write, caplog):
    kinds = {".py": 4, ".png": 3, "": 2, ".css": 1, ".js": 1}
    write({f"in/{n}{suffix}": "" for suffix, count in kinds.items() for n in range(count)} | {"in/a.txt": "Tea"})
    caplog.set_level(logging.INFO)
    assert names("in") == ["a.txt"]
    assert caplog.messages == [
        "skipped 11 files of other kinds: 4 .py, 3 .png, 2 without suffix, 2 others (such as in/0)"
    ]


def test_a_pipe_is_not_waited_for(write, caplog):
    write({"in/a.txt": "Tea"})
    os.mkfifo("in/pipe.csv")
    caplog.set_level(logging.INFO)
    assert names("in") == ["a.txt"]
    assert caplog.messages == ["skipped 1 file of other kinds: 1 pipe or device (such as in/pipe.csv)"]
