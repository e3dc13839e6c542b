import pytest

from pipelines.dataset.staged_posts import receipt_path
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.write.atomic import write_json


@pytest.fixture
def outcome(tmp_path):
    made = StepResults(str(tmp_path))
    for step in STEPS:
        write_json(made.path(step), [step])
    return made


def test_a_steps_results_are_read(outcome):
    assert [outcome.of(step) for step in STEPS] == [[step] for step in STEPS]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_the_runner_never_came_to_is_an_error(tmp_path, step):
    with pytest.raises(OSError, match=f"{step}.json"):
        StepResults(str(tmp_path)).of(step)


def test_what_an_earlier_run_listed_is_forgotten(outcome):
    outcome.forget()
    for step in STEPS:
        with pytest.raises(FileNotFoundError):
            outcome.of(step)
    outcome.forget()


def test_bytes_count_once_their_unit_is_staged(outcome, tmp_path):
    outcome.forget()
    assert outcome.bytes_cleaned() == 0
    write_json(outcome.path("units"), [(0, "u0", 700), (1, "u1", 30)])
    assert outcome.bytes_cleaned() == 0
    for name, bytes_cleaned in {"u1": 30, "u0": 730}.items():
        write_json(receipt_path(str(tmp_path), name), {})
        assert outcome.bytes_cleaned() == bytes_cleaned
