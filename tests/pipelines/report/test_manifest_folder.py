import pytest

from pipelines.report.manifest_folder import join


@pytest.mark.parametrize(
    ("folder", "relative", "expected"),
    [
        ("out/variations", "../dataset", "out/dataset"),
        ("out/variations/", "part-0.parquet", "out/variations/part-0.parquet"),
        ("/out/variations", "/elsewhere/model", "/elsewhere/model"),
        ("gs://bucket/run/variations", "../dataset", "gs://bucket/run/dataset"),
        ("/out/variations", "gs://bucket/model", "gs://bucket/model"),
    ],
)
def test_a_path_is_seen_from_its_folder_on_any_filesystem(folder, relative, expected):
    assert join(folder, relative) == expected
