import json

from pipelines.commands.prepare import COMMAND, summary, write_sorted
from vae.commands.command import main


def test_the_results_of_a_step_are_sorted(tmp_path):
    assert write_sorted([["b", 1], ["a", 2]], step="step", path=str(tmp_path / "step.json")) == "step"
    assert json.loads((tmp_path / "step.json").read_text()) == [["a", 2], ["b", 1]]


def test_a_json_log_has_lines_of_units_that_add_up_to_the_counts_of_the_manifest(tmp_path, tokenizer, capfd):
    (tmp_path / "posts.csv").write_text("id,content\n7,The cat painted the boat.\n8,\n")
    (tmp_path / "spm.model").write_bytes(tokenizer.model)
    flags = [f"--input={tmp_path / 'posts.csv'}", f"--output={tmp_path / 'out'}", "--log-format=json"]
    assert main(COMMAND, [*flags, f"--tokenizer={tmp_path / 'spm.model'}", "--direct_num_workers=1"]) == 0
    told = map(json.loads, capfd.readouterr().err.splitlines())
    cleaned, encoded = ((line["unit"], line["counts"]) for line in told if "unit" in line)
    assert cleaned[1] == {"rows_read": 2}
    assert cleaned[1] | encoded[1] == json.loads((tmp_path / "out/MANIFEST.json").read_text())["counts"]
    staged, written = (tmp_path / f"out/.work/{name}" for name in (f"clean/{cleaned[0]}", f"encoded/{encoded[0]}"))
    assert all(path.with_suffix(".json").exists() for path in (staged, written))


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


def test_a_dry_run_tells_the_plan_and_touches_nothing(tmp_path, capsys):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.txt").write_text("The kettle boils.")
    flags = [f"--input={tmp_path / 'posts'}", f"--output={tmp_path / 'out'}", "--log-format=json"]
    assert main(COMMAND, [*flags, "--dry-run"]) == 0
    (told,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert told["counts"] == {"files": 1, "bytes": 17, "units": 1, "posts": 1, "workers": 1}
    assert told["seconds"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posts"]


def test_a_dry_run_refuses_what_the_job_would_refuse(refused, tmp_path):
    flags = f"--input={tmp_path / 'a.txt'}", f"--output={tmp_path / 'out'}", "--dry-run"
    (tmp_path / "a.txt").write_text("The kettle boils.")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/MANIFEST.json").write_text("{}")
    assert "MANIFEST.json cannot be read" in refused(COMMAND, *flags)
    assert "unknown flag --nonsense" in refused(COMMAND, *flags, "--overwrite", "--nonsense")
    assert (tmp_path / "out/MANIFEST.json").read_text() == "{}"
