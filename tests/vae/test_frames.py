import doctest

import pandas as pd
import pytest

import vae.frames
from vae import Edit, TextVAE, augment_frame
from vae.errors import UserError

pytestmark = pytest.mark.slow

NONE = {"texts": 3, "texts_without_variation": 3}


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_the_example_is_what_the_shipped_model_makes():
    assert doctest.testmod(vae.frames) == (0, 6)


def test_each_variation_is_a_row_below_the_index_of_its_text(model, sentences):
    frame = pd.DataFrame({"post": sentences[450:470], "stars": range(20)}, index=[f"p{number}" for number in range(20)])
    augmented = augment_frame(frame, "post", n=2, change=0.5, at_least=0.0, seed=3, model=model)
    varied = model.vary(list(frame["post"]), n=2, change=0.5, at_least=0.0, seed=3)
    expected = [
        (label, stars, number, variation.text, variation.change)
        for label, stars, row in zip(frame.index, frame["stars"], varied, strict=True)
        for number, variation in enumerate(row, start=1)
        if variation.edits
    ]
    columns = ["stars", "variant", "post", "change"]
    assert list(augmented[columns].itertuples(name=None)) == expected
    assert list(augmented.columns) == ["post", "stars", "variant", "change", "probability", "edits"]
    edits = [variation.edits for row in varied for variation in row if variation.edits]
    assert [tuple(Edit(**edit) for edit in row) for row in augmented["edits"]] == edits
    assert list(augmented["probability"]) == [min(edit.probability for edit in row) for row in edits]
    assert augmented.attrs == {"texts": 20, "texts_without_variation": 20 - augmented.index.nunique()}


def test_texts_without_a_variation_have_no_row_and_are_counted(model):
    frame = pd.DataFrame({"body": ["", None, "34 34"]})
    frame.attrs = {"from": "export.csv"}
    augmented = augment_frame(frame, model=model)
    assert (len(augmented), augmented.attrs) == (0, {"from": "export.csv", **NONE})
    assert list(augmented.columns) == ["body", "variant", "change", "probability", "edits"]


def test_rows_with_the_same_label_stay_apart(model, sentences):
    frame = pd.DataFrame({"body": sentences[450:460], "row": range(10)}, index=[7] * 10)
    augmented = augment_frame(frame, n=1, change=0.5, at_least=0.0, model=model)
    assert set(augmented.index) == {7}
    assert augmented["row"].is_unique
    assert len(augmented) + augmented.attrs["texts_without_variation"] == 10


def test_the_frame_is_left_as_it_was(model, sentences):
    frame = pd.DataFrame({"body": sentences[450:453]})
    before = frame.copy()
    augment_frame(frame, at_least=0.0, model=model)
    pd.testing.assert_frame_equal(frame, before)
    assert frame.attrs == {}


def test_a_frame_is_written_to_parquet_with_its_edits(model, sentences, tmp_path):
    augmented = augment_frame(pd.DataFrame({"body": sentences[450:460]}), change=0.5, at_least=0.0, model=model)
    augmented.to_parquet(tmp_path / "augmented.parquet")
    read = pd.read_parquet(tmp_path / "augmented.parquet")
    assert [list(row) for row in read["edits"]] == list(augmented["edits"])


def test_a_bar_is_shown_if_it_is_asked_for(model, capsys):
    augment_frame(pd.DataFrame({"body": [""]}), model=model)
    assert capsys.readouterr().out == ""
    augment_frame(pd.DataFrame({"body": [""]}), model=model, progress=True)
    assert "Varying texts" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["text"], "the frame has no column 'body'; it has 'text'"),
        (["body", "edits"], "the frame has a column 'edits' already, which the variations need; rename it"),
    ],
)
def test_a_column_that_is_missing_or_taken_is_an_error(columns, told):
    with pytest.raises(UserError, match=f"^{told}$"):
        augment_frame(pd.DataFrame(columns=columns))
