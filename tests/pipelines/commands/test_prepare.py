import json

from pipelines.commands.prepare import COMMAND, write_sorted


def test_the_results_of_a_step_are_sorted(tmp_path):
    write_sorted([["b", 1], ["a", 2]], path=str(tmp_path / "step.json"))
    assert json.loads((tmp_path / "step.json").read_text()) == [["a", 2], ["b", 1]]


def test_an_input_that_is_not_there_is_refused_and_nothing_is_written(refused, tmp_path):
    said = refused(COMMAND, f"--input={tmp_path / 'nowhere'}", f"--output={tmp_path / 'out'}")
    assert f"{tmp_path / 'nowhere'}: no such file" in said
    assert not (tmp_path / "out" / "MANIFEST.json").exists()
