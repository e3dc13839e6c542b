from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.clean.clean import clean
from pipelines.encode import latent_units
from pipelines.encode.latent_units import encode_posts_unit, score_unit
from pipelines.posts.posts_units import PostsUnit
from pipelines.posts.schemas import POSTS_SCHEMA
from pipelines.write.atomic import read_json


@pytest.fixture
def encoded(tokenizer, monkeypatch, tmp_path):
    """Encodes and scores a unit of one post without words: what is there then, by path."""
    model = SimpleNamespace(
        unit="segment", tokenizer=tokenizer, max_len=16, module=SimpleNamespace(slots=2, dim=2), sha256="abc"
    )
    monkeypatch.setattr(latent_units, "loaded_model", lambda _path: model)
    row = {"post_id": "1", "source": "a.md", "language": "en", "category": []}
    blocks = [block._asdict() for block in clean("```\nx = 1\n```")]
    path = str(tmp_path / "posts.parquet")
    pq.write_table(pa.Table.from_pylist([{**row, "blocks": blocks}], POSTS_SCHEMA), path)
    unit, output = PostsUnit(number=0, fingerprint="unit", path=path, group=0, take=1), tmp_path / "latents"

    def encode():
        receipt = score_unit(
            encode_posts_unit(unit, output=str(output), model="m", seed=0), output=str(output), nats_per_piece=1.0
        )
        listed = {file["path"] for file in read_json(receipt)["files"]}
        files = {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}
        assert listed <= files.keys()
        return files

    return encode


PARTS = ("part-", "posts/part-", "rejects/part-")


@pytest.mark.parametrize("lost", [*PARTS, ".work/encoded/unit.segments", ".work/encoded/unit.json", ".work/scored/"])
def test_a_file_that_was_lost_is_written_again(encoded, tmp_path, lost):
    whole = encoded()
    (path,) = (path for path in whole if path.startswith(lost))
    (tmp_path / "latents" / path).unlink()
    assert encoded() == whole
