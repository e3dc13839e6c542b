import sys
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae.data.dataset import Shard
from vae.evaluation.latent_map import draw_rows, latent_map, principal_plane
from vae.text_vae import TextVAE

points = arrays(np.float32, st.tuples(st.integers(2, 12), st.integers(2, 6)), elements=st.integers(-9, 9))


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(autouse=True)
def _no_umap(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)


@pytest.fixture
def shard(tmp_path):
    """Returns a function that writes rows of piece ids as one shard, with or without a column of categories."""

    def write(name, rows, *, bucket, categories=None):
        columns = {
            "post_id": [f"{name}-{number}" for number in range(len(rows))],
            "segment": pa.array(range(len(rows)), pa.int32()),
            "input_ids": pa.array(
                [[*row, 3, *[0] * (bucket - len(row) - 1)] for row in rows], pa.list_(pa.uint16(), bucket)
            ),
            "length": pa.array([len(row) + 1 for row in rows], pa.uint16()),
        }
        if categories is not None:
            columns["category"] = pa.array(categories, pa.uint16())
        path = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=3)
        return Shard(path, bucket, len(rows))

    return write


@pytest.fixture
def shards(shard, rows):
    short, long = [row for row in rows if len(row) < 8][:10], [row for row in rows if len(row) >= 8][:10]
    return [shard("short", short, bucket=8, categories=[1, 2, 0, 3, 1] * 2), shard("long", long, bucket=16)]


def test_the_plane_holds_the_largest_variance():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-3, 3) for z in (-2, 2)], np.float32)
    plane, explained = principal_plane(corners + 5)
    assert explained == pytest.approx((9 + 4) / (9 + 4 + 1))
    np.testing.assert_allclose(plane, corners[:, [1, 2]], atol=1e-5)


@given(st.integers(0, 1000))
def test_axes_do_not_depend_on_the_order_or_the_sign_of_the_points(seed):
    rng = np.random.default_rng(seed)
    cloud = (rng.normal(size=(30, 4)) * [9, 5, 2, 1]).astype(np.float32)
    plane, _ = principal_plane(cloud)
    order = rng.permutation(30)
    np.testing.assert_allclose(principal_plane(cloud[order])[0], plane[order], atol=1e-4)
    np.testing.assert_allclose(principal_plane(-cloud)[0], -plane, atol=1e-4)


@given(points)
def test_points_that_lie_in_a_plane_keep_their_distances(flat):
    base = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 2)))[0]
    plane, explained = principal_plane((flat[:, :2] @ base.T).astype(np.float32))
    apart = flat[:, None, :2] - flat[None, :, :2]
    in_plane = plane[:, None] - plane[None]
    np.testing.assert_allclose(np.linalg.norm(in_plane, axis=2), np.linalg.norm(apart, axis=2), atol=1e-3)
    assert explained == pytest.approx(1.0 if np.ptp(flat[:, :2], axis=0).any() else 0.0)


@given(points)
def test_the_explained_share_lies_between_0_and_1(cloud):
    plane, explained = principal_plane(cloud)
    assert plane.shape == (len(cloud), 2)
    assert 0 <= explained <= 1 + 1e-9


def test_a_single_point_lies_in_the_origin():
    plane, explained = principal_plane(np.ones((1, 5), np.float32))
    assert (plane.tolist(), explained) == ([[0, 0]], 0)


def test_rows_are_drawn_from_all_shards_each_once(shards):
    drawn = draw_rows(shards, 100, seed=0)
    assert drawn["post_id"].to_pylist() == [f"{name}-{number}" for name in ("short", "long") for number in range(10)]
    assert drawn["category"].to_pylist() == [1, 2, 0, 3, 1] * 2 + [0] * 10
    some = draw_rows(shards, 8, seed=0)["post_id"].to_pylist()
    assert len(set(some)) == 8
    assert {post_id.split("-")[0] for post_id in some} == {"short", "long"}
    assert (
        some
        == draw_rows(shards, 8, seed=0)["post_id"].to_pylist()
        != draw_rows(shards, 8, seed=1)["post_id"].to_pylist()
    )


def test_points_are_means_with_the_names_of_their_categories(model, shards, rows):
    mapped = latent_map(model, shards, categories=["rivers", "trains"], limit=100)
    assert mapped.points.column_names == ["post_id", "segment", "category", "x", "y"]
    assert mapped.points["category"].to_pylist() == ["rivers", "trains", None, None, "rivers"] * 2 + [None] * 10
    assert mapped.points["segment"].to_pylist() == list(range(10)) * 2
    ordered = [*[row for row in rows if len(row) < 8][:10], *[row for row in rows if len(row) >= 8][:10]]
    plane, explained = principal_plane(model.encode_ids(ordered).mean.flatten(1).numpy())
    assert mapped.explained == pytest.approx(explained)
    np.testing.assert_allclose(np.stack([mapped.points["x"], mapped.points["y"]], 1), plane, atol=1e-5)


def test_umap_is_used_if_it_is_installed_and_there_are_enough_points(model, shards, monkeypatch):
    class FakeUMAP:
        def __init__(self, **settings):
            self.seed = settings["random_state"]

        def fit_transform(self, means):
            return means[:, :2] + self.seed

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=FakeUMAP))
    first, second = (latent_map(model, shards, categories=[], limit=20, seed=seed).points for seed in (0, 0))
    assert first.column_names == ["post_id", "segment", "category", "x", "y", "umap_x", "umap_y"]
    assert first.equals(second)
    few = latent_map(model, shards, categories=[], limit=15).points
    assert few.column_names == ["post_id", "segment", "category", "x", "y"]
