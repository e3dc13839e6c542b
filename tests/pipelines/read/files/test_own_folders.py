import json

import pytest
from apache_beam.io.filesystem import FileMetadata

from pipelines.read.files.own_folders import only_posts


@pytest.fixture
def posts_among(tmp_path):
    def listed(manifest):
        (tmp_path / "MANIFEST.json").write_text(manifest)
        names = ("MANIFEST.json", "posts/a.parquet", "posts/old.parquet", "rejects/r.parquet", "notes.txt")
        found = [FileMetadata(f"{tmp_path}/{name}", 1) for name in names]
        return [file.path.removeprefix(f"{tmp_path}/") for file in only_posts(found)]

    return listed


def test_of_a_folder_of_ours_the_parts_with_posts_in_its_manifest_are_taken(posts_among):
    files = [{"path": path} for path in ("posts/a.parquet", "rejects/r.parquet", "card.md")]
    assert posts_among(json.dumps({"format": "blogvae-dataset/1", "files": files})) == ["posts/a.parquet"]


@pytest.mark.parametrize("manifest", ["no JSON", "[]", '{"format": "other", "files": []}', '{"format": 3}'])
def test_a_folder_with_the_manifest_of_others_is_taken_whole(posts_among, manifest):
    assert len(posts_among(manifest)) == 5
