import pytest

from pipelines.dataset.staged_posts import receipt_path
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.write.atomic import write_json


@pytest.fixture
def results(tmp_path):
    """Results in which each step lists its own name."""
    results = StepResults(str(tmp_path))
    for step in STEPS:
        write_json(results.path(step), [step])
    return results


def test_a_steps_results_are_read(results):
    assert [results.of(step) for step in STEPS] == [[step] for step in STEPS]


@pytest.mark.parametrize("step", STEPS)
def test_reading_a_step_that_never_ran_is_an_error(tmp_path, step):
    with pytest.raises(OSError, match=f"{step}.json"):
        StepResults(str(tmp_path)).of(step)


def test_the_results_of_an_earlier_run_are_forgotten(results):
    results.forget()
    for step in STEPS:
        with pytest.raises(FileNotFoundError):
            results.of(step)
    results.forget()


def test_the_bytes_of_a_unit_count_once_it_is_staged(results, tmp_path):
    results.forget()
    assert results.bytes_cleaned(730) == 0
    write_json(results.path("units"), [(0, "u0", 700), (1, "u1", 30)])
    assert results.bytes_cleaned(730) == 0
    for name, bytes_cleaned in {"u1": 30, "u0": 730}.items():
        write_json(receipt_path(str(tmp_path), name), {})
        assert results.bytes_cleaned(730) == bytes_cleaned


def test_no_more_bytes_are_cleaned_than_the_input_has_whatever_units_count(results, tmp_path):
    """The units of an export count the files beside its pages, too."""
    write_json(results.path("units"), [(0, "u0", 150), (1, "u1", 50)])
    shares = []
    for name in ("u0", "u1"):
        write_json(receipt_path(str(tmp_path), name), {})
        shares.append(results.bytes_cleaned(100))
    assert shares == [75, 100]
