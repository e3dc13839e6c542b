import pytest

from pipelines.posts.source import model_seen_from


@pytest.mark.parametrize(
    ("output", "model", "seen"),
    [
        ("out/variations", "out/model/", "../model"),
        ("out/variations", "gs://bucket/model/", "gs://bucket/model"),
        ("out/variations", "tiny-en", "shipped://tiny-en"),
        ("out/variations", "./tiny-en", "../../tiny-en"),
        ("gs://bucket/variations", "tiny-en", "shipped://tiny-en"),
    ],
)
def test_a_model_that_ships_is_told_by_its_name_and_another_by_its_place(ship, tmp_path, output, model, seen):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "config.json").write_text("{}")
    ship("tiny-en", tmp_path / "made")
    assert model_seen_from(output, model) == seen
