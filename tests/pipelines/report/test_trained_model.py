import json
from dataclasses import replace

import pytest

from pipelines.report.trained_model import read_trained_model


@pytest.fixture
def model(tmp_path):
    """A folder with one measure and no curves."""
    (tmp_path / "made").mkdir()
    (tmp_path / "made/metrics.json").write_text(json.dumps({"bleu": 91.5}))
    (tmp_path / "made/config.json").write_text("{}")
    return tmp_path / "made"


def test_a_model_that_ships_is_found_by_its_name(model, ship):
    ship("tiny-en", model)
    found = read_trained_model("shipped://tiny-en")
    assert found == replace(read_trained_model(str(model)), shipped="tiny-en")
    assert [(measure.name, measure.value) for measure in found.measures] == [("bleu", 91.5)]
    assert found.missing == ("curves.png",)


def test_one_that_ships_no_more_is_missing(model, ship):
    ship("tiny-en", model)
    found = read_trained_model("shipped://small-en")
    assert (found.missing, found.shipped) == (("curves.png", "metrics.json"), None)
