import argparse
import json
import subprocess
from pathlib import Path

import pytest
import yaml

from pipelines.commands import run as module
from pipelines.errors import UserError

WHOLE = {step.name: step.whole for step in module.CHAIN_STEPS}


@pytest.fixture
def started(monkeypatch):
    """The steps started, each with its flags; every one writes the file that says it is whole."""
    runs = []

    def run(command, *, check):
        name, flags = command[3], command[4:]
        runs.append((name, flags))
        output = Path(flags[flags.index("--output") + 1])
        path = output if output.suffix else output / Path(WHOLE[name]).name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(flags))
        if name == "train":
            (output / "config.json").write_text(" ".join(flags))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return runs


@pytest.fixture
def chain(tmp_path, started):
    """Runs a config and gives the names of the steps that were started."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.txt").write_text("The kettle boils.")

    def run(config, *, log_format="text"):
        path = tmp_path / "chain.yaml"
        path.write_text(yaml.safe_dump(config))
        del started[:]
        module.run(argparse.Namespace(config=str(path), verbose=False, log_format=log_format))
        return [name for name, _ in started]

    return run


def config_in(tmp_path, **steps):
    sections = {"prepare": {"input": str(tmp_path / "posts")}, "train": None, "augment": {"seed": 1}, "report": {}}
    return {"folder": str(tmp_path / "out"), **sections, **steps}


ALL = ["prepare", "train", "augment", "report"]


def test_a_section_has_flags_of_beam_too(chain, started, tmp_path):
    chain(config_in(tmp_path, augment={"per_post": 1, "direct_num_workers": 2, "worker_machine_type": "n2-standard-4"}))
    flags = dict(started)["augment"]
    assert flags[6:-1] == ["--direct_num_workers", "2", "--per-post", "1", "--worker_machine_type", "n2-standard-4"]


def test_steps_run_in_order_on_folders_below_the_chains(chain, started, tmp_path):
    assert chain(config_in(tmp_path)) == ALL
    out = tmp_path / "out"
    flags = dict(started)
    assert flags["prepare"] == ["--output", f"{out}/dataset", "--input", f"{tmp_path}/posts", "--overwrite"]
    assert flags["train"] == [
        *("--dataset", f"{out}/dataset", "--output", f"{out}/model", "--resume", "--overwrite"),
    ]
    assert flags["augment"] == [
        *("--dataset", f"{out}/dataset", "--model", f"{out}/model", "--output", f"{out}/variations"),
        *("--seed", "1", "--overwrite"),
    ]
    assert flags["report"] == ["--variations", f"{out}/variations", "--output", f"{out}/report.html"]


def test_nothing_changed_nothing_runs(chain, tmp_path):
    chain(config_in(tmp_path))
    assert chain(config_in(tmp_path)) == []


def test_changed_flags_run_that_step_and_those_that_read_it(chain, tmp_path):
    chain(config_in(tmp_path))
    assert chain(config_in(tmp_path, augment={"seed": 2})) == ["augment", "report"]
    assert chain(config_in(tmp_path, augment={"seed": 2}, train={"preset": "tiny"})) == ["train", "augment"]


def test_a_changed_input_runs_prepare(chain, tmp_path):
    chain(config_in(tmp_path))
    (tmp_path / "posts/a.txt").write_text("The lamp goes out.")
    assert chain(config_in(tmp_path)) == ["prepare"]
    (tmp_path / "posts/b.txt").write_text("The lamp goes out.")
    assert chain(config_in(tmp_path)) == ["prepare"]


def test_other_code_runs_every_step(chain, monkeypatch, tmp_path):
    chain(config_in(tmp_path))
    monkeypatch.setattr(module, "code_version", lambda: "another")
    assert chain(config_in(tmp_path)) == ALL


def test_changed_rules_run_augment(chain, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("sibling: off")
    config = config_in(tmp_path, augment={"filters": str(rules)})
    chain(config)
    rules.write_text("copy: off")
    assert chain(config) == ["augment"]


@pytest.mark.parametrize(
    ("step", "flag"),
    [
        ("train", "init"),
        ("train", "t5"),
        ("train", "constraint_texts"),
        ("augment", "partners"),
        ("augment", "filters"),
    ],
)
def test_a_change_in_a_file_or_folder_that_a_flag_names_runs_the_step(chain, tmp_path, step, flag):
    named = tmp_path / "named"
    named.mkdir()
    (named / "MANIFEST.json").write_text("one")
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"banned_words: {{file: {named / 'MANIFEST.json'}}}")
    value = {
        "init": {"init": str(named)},
        "t5": {"init": f"t5:{named}"},
        "constraint_texts": {"constraint_texts": str(named / "MANIFEST.json")},
        "partners": {"partners": str(named)},
        "filters": {"filters": str(rules)},
    }[flag]
    config = config_in(tmp_path, **{step: value})
    chain(config)
    assert chain(config) == []
    (named / "MANIFEST.json").write_text("two")
    assert chain(config)[0] == step


def test_a_step_whose_section_has_it_write_elsewhere_is_done_when_that_is_there(chain, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    config = config_in(tmp_path, prepare={"input": str(tmp_path / "posts"), "output": str(elsewhere)})
    assert chain(config)[0] == "prepare"
    assert "prepare" not in chain(config)
    (elsewhere / "MANIFEST.json").unlink()
    assert chain(config)[0] == "prepare"


@pytest.mark.parametrize("name", ALL)
def test_a_removed_output_is_made_again(chain, tmp_path, name):
    chain(config_in(tmp_path))
    (tmp_path / "out" / WHOLE[name]).unlink()
    assert chain(config_in(tmp_path))[0] == name


def test_a_failed_step_is_run_again_and_those_before_it_are_not(chain, started, monkeypatch, tmp_path):
    runs = subprocess.run
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, check: (
            subprocess.CompletedProcess(command, 1) if command[3] == "augment" else runs(command, check=check)
        ),
    )
    with pytest.raises(RuntimeError, match="augment failed with exit code 1"):
        chain(config_in(tmp_path))
    monkeypatch.setattr(subprocess, "run", runs)
    assert chain(config_in(tmp_path)) == ["augment", "report"]


def test_a_step_that_the_user_got_wrong_is_the_users_mistake(chain, monkeypatch, tmp_path):
    monkeypatch.setattr(subprocess, "run", lambda command, check: subprocess.CompletedProcess(command, 2))
    with pytest.raises(UserError, match="prepare could not start"):
        chain(config_in(tmp_path))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"prepair": {}},
            "no step 'prepair'; the steps are prepare, train, compare, evaluate, encode, ",
        ),
        ({"folder": None}, "`folder: PATH` is missing"),
        ({"prepare": {}}, "prepare: `input` is missing"),
        ({"train": {"preset": {"a": 1}}}, "train.preset"),
    ],
)
def test_a_wrong_config_is_the_users_mistake(chain, tmp_path, change, told):
    with pytest.raises(UserError) as caught:
        chain({**config_in(tmp_path), **change})
    assert told in str(caught.value)


def steps_of_run(tmp_path):
    """What run.json tells of each step, without the seconds."""
    told = json.loads((tmp_path / "out/run.json").read_text())["steps"]
    return {step.pop("step"): {name: value for name, value in step.items() if name != "seconds"} for step in told}


def done(why):
    return {"outcome": "done", "why": why, "exit_code": 0}


SKIPPED = {"outcome": "skipped", "why": "nothing changed"}


def test_a_run_tells_what_was_done_and_why(chain, tmp_path):
    chain(config_in(tmp_path))
    assert steps_of_run(tmp_path) == dict.fromkeys(ALL, done("it was not done before"))
    assert str(tmp_path) not in (tmp_path / "out/run.json").read_text()
    chain(config_in(tmp_path))
    assert steps_of_run(tmp_path) == dict.fromkeys(ALL, SKIPPED)
    (tmp_path / "posts/a.txt").write_text("The lamp goes out.")
    chain(config_in(tmp_path, augment={"seed": 2}, prepare={"input": str(tmp_path / "posts")}))
    assert steps_of_run(tmp_path) == {
        "prepare": done("changed: inputs"),
        "train": SKIPPED,
        "augment": done("changed: flags"),
        "report": done("changed: inputs"),
    }


def test_a_run_tells_of_an_output_that_is_not_as_it_was(chain, tmp_path):
    chain(config_in(tmp_path))
    (tmp_path / "out/report.html").unlink()
    (tmp_path / "out/variations/MANIFEST.json").write_text("edited")
    chain(config_in(tmp_path))
    told = steps_of_run(tmp_path)
    assert (told["augment"]["why"], told["report"]["why"]) == ("changed: output", "its output is missing")


@pytest.mark.parametrize("code", [1, 2, -9])
def test_a_failed_run_tells_where_and_what_was_not_reached(chain, started, monkeypatch, tmp_path, code):
    runs = subprocess.run
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, check: (
            subprocess.CompletedProcess(command, code) if command[3] == "train" else runs(command, check=check)
        ),
    )
    with pytest.raises((RuntimeError, UserError)):
        chain(config_in(tmp_path))
    assert steps_of_run(tmp_path) == {
        "prepare": done("it was not done before"),
        "train": {"outcome": "failed", "why": "it was not done before", "exit_code": code},
        "augment": {"outcome": "not reached"},
        "report": {"outcome": "not reached"},
    }


def test_a_step_logs_in_the_format_of_the_run(chain, started, tmp_path):
    chain(config_in(tmp_path), log_format="json")
    assert all("--log-format=json" in flags for _, flags in started)


def test_a_config_is_needed():
    with pytest.raises(UserError, match="--config"):
        module.run(argparse.Namespace(config=None, verbose=False, log_format="text"))


def test_the_printed_chain_is_the_same_chain_with_all_defaults(tmp_path):
    path = tmp_path / "chain.yaml"
    path.write_text(yaml.safe_dump({"folder": "out: 1", "report": None, "prepare": {"input": "posts", "runner": "X"}}))
    text = module.config_text(argparse.Namespace(config=str(path)))
    printed = yaml.safe_load(text)
    assert list(printed) == ["folder", "prepare", "report"]
    assert (printed["folder"], printed["report"]) == ("out: 1", None)
    prepare = printed["prepare"]
    assert (prepare["input"], prepare["runner"], prepare["vocab_size"]) == (["posts"], "X", 8000)
    path.write_text(text)
    assert module.config_text(argparse.Namespace(config=str(path))) == text
