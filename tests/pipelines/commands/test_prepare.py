import json

from pipelines.commands.prepare import COMMAND, summary, write_sorted


def test_the_results_of_a_step_are_sorted(tmp_path):
    write_sorted([["b", 1], ["a", 2]], path=str(tmp_path / "step.json"))
    assert json.loads((tmp_path / "step.json").read_text()) == [["a", 2], ["b", 1]]


def test_an_input_that_is_not_there_is_refused_and_nothing_is_written(refused, tmp_path):
    said = refused(COMMAND, f"--input={tmp_path / 'nowhere'}", f"--output={tmp_path / 'out'}")
    assert f"{tmp_path / 'nowhere'}: no such file" in said
    assert not (tmp_path / "out" / "MANIFEST.json").exists()


def test_the_last_line_tells_rejects_by_their_reasons():
    counts = {"rows_read": 1_300, "posts": 1_288, "rejects": 12, "segments": 9}
    rejects = {"not published": 2, "exact duplicate": 10}
    assert summary(counts, rejects) == (
        "1,300 rows read, 1,288 posts, 12 rejects (10 exact duplicate, 2 not published), 9 segments"
    )
    assert summary({**counts, "rejects": 0}, {}) == "1,300 rows read, 1,288 posts, 0 rejects, 9 segments"
