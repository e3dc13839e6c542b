import argparse
from types import SimpleNamespace

import pytest

from pipelines.commands import prepare
from pipelines.commands.posts_source import model_relative_to_output, posts_dataset, prepare_inputs
from pipelines.errors import UserError
from pipelines.flags.posts import add_posts_arguments


@pytest.mark.parametrize(
    ("output", "model", "seen"),
    [
        ("out/variations", "out/model/", "../model"),
        ("out/variations", "gs://bucket/model/", "gs://bucket/model"),
        ("out/variations", "tiny-en", "shipped://tiny-en"),
        ("out/variations", "./tiny-en", "../../tiny-en"),
        ("gs://bucket/variations", "tiny-en", "shipped://tiny-en"),
        ("gs://bucket/a/variations", "gs://bucket/b/model/", "../../b/model"),
        ("gs://bucket/variations", "gs://other/model", "gs://other/model"),
        ("gs://bucket/variations", "s3://bucket/model", "s3://bucket/model"),
        ("gs://bucket/variations", "/out/model", "/out/model"),
    ],
)
def test_a_model_that_ships_is_told_by_its_name_and_another_by_its_place(ship, tmp_path, output, model, seen):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "config.json").write_text("{}")
    ship("tiny-en", tmp_path / "made")
    assert model_relative_to_output(output, model) == seen


def test_columns_of_a_dataset_do_nothing_and_are_refused():
    parser = argparse.ArgumentParser()
    add_posts_arguments(parser)
    columns = ["--model=m", "--columns=content=body"]
    with pytest.raises(UserError, match=r"^--columns does nothing without --input: give that, or leave --columns out$"):
        posts_dataset(parser.parse_args(["--dataset=d", *columns]), "out")
    assert posts_dataset(parser.parse_args(["--input=posts", *columns]), "out") == "out/dataset"


@pytest.fixture
def prepared(monkeypatch):
    """Returns a function that prepares the inputs of a command with these flags, and returns the flags of prepare."""
    found = []
    monkeypatch.setattr(prepare, "run", found.append)

    def of(**flags):
        asked = {"dataset": None, "input": ["posts"], "columns": None, "model": "m", "overwrite": False, **flags}
        prepare_inputs(argparse.Namespace(**asked), SimpleNamespace(max_len=16, unit="segment"), "out")
        return found.pop()

    return of


@pytest.mark.parametrize(("limit", "split", "limited"), [(5, None, 5), (None, None, None), (5, "test", None)])
def test_no_more_posts_are_prepared_than_are_asked_for(prepared, limit, split, limited):
    """How many posts a split has is known when all are prepared."""
    assert prepared(limit=limit, split=split, other_flags=[]).limit == limited


def test_a_job_that_goes_on_alone_is_started_once_its_posts_are_prepared(prepared):
    server = ["--runner=PortableRunner", "--job_endpoint=localhost:8099"]
    assert prepared(limit=None, other_flags=[*server, "--no_wait_until_finish"]).other_flags == server
