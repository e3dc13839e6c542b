import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vae.errors import UserError
from vae.latent.strategies import direction
from vae.variation import partners as module
from vae.variation.partners import Partners

SLOTS, DIM = 2, 3
POSTS = {"tea-1": ["tea", "home"], "tea-2": ["tea"], "bird-1": ["birds"], "none-1": []}
COUNTS = {"tea-1": 3, "tea-2": 2, "bird-1": 4, "none-1": 1}


def write_latents(folder, *, with_categories=True, model_sha256="of the model"):
    """Writes latents of POSTS as `encode` does, in two parts; `mean` gives the mean of each segment."""
    files = []

    def write(path, rows, schema):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, pa.schema(schema)), folder / path)
        files.append({"path": path, "rows": len(rows), "bytes": 0, "sha256": ""})

    vector = ("mean", pa.list_(pa.float32(), SLOTS * DIM))
    for part, names in (("b", list(POSTS)[2:]), ("a", list(POSTS)[:2])):
        segments = [
            {"post_id": name, "segment": place, "mean": mean(name, place)}
            for name in names
            for place in range(COUNTS[name])
        ]
        write(f"part-{part}.parquet", segments, [("post_id", pa.string()), ("segment", pa.int32()), vector])
        posts = [{"post_id": name, "title": name.title(), "category": POSTS[name]} for name in names]
        named = [("category", pa.list_(pa.string()))] * with_categories
        write(f"posts/part-{part}.parquet", posts, [("post_id", pa.string()), ("title", pa.string()), *named])
    settings = {"slots": SLOTS, "dim": DIM, "model_sha256": model_sha256}
    manifest = {"format": "blogvae-latents/1", "settings": settings, "files": files}
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))
    return folder


def mean(name, place):
    """The mean of a segment: random numbers that float16 holds exactly."""
    random = np.random.default_rng([list(POSTS).index(name), place])
    return random.integers(-20, 20, SLOTS * DIM).astype(np.float32) / 8


def means_of(name):
    return np.stack([mean(name, place).reshape(SLOTS, DIM) for place in range(COUNTS[name])])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_latents(tmp_path_factory.mktemp("latents"))


@pytest.fixture(scope="module")
def partners(folder):
    return Partners.read(folder, model_sha256="of the model")


def index(means, *, posts=None, categories=None):
    """An index over means; each is a post of its own unless `posts` says otherwise."""
    posts = np.arange(len(means), dtype=np.int32) if posts is None else np.array(posts, np.int32)
    post_ids = tuple(f"p{number}" for number in range(posts.max() + 1))
    return Partners(
        means=means.astype(np.float16), posts=posts, post_ids=post_ids, categories=categories or ("",) * len(post_ids)
    )


def drawn(count, *, seed, shape=(4, 8)):
    return np.random.default_rng(seed).standard_normal((count, *shape)).astype(np.float16).astype(np.float32)


def cosines(first, second):
    first, second = (each.reshape(len(each), -1).astype(np.float64) for each in (first, second))
    lengths = np.linalg.norm(first, axis=1)[:, None] * np.linalg.norm(second, axis=1)
    return first @ second.T / lengths


def test_the_files_of_the_manifest_are_read_in_the_order_of_their_paths(folder, partners):
    write_latents(folder / "left-over")
    assert partners.post_ids == ("tea-1", "tea-2", "bird-1", "none-1")
    assert partners.categories == ("tea", "tea", "birds", "")
    assert partners.posts.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2, 3]
    assert np.array_equal(partners.means, np.concatenate([means_of(name) for name in POSTS]))


def test_posts_without_a_column_of_categories_have_none(tmp_path):
    partners = Partners.read(write_latents(tmp_path, with_categories=False), model_sha256="of the model")
    assert partners.categories == ("",) * 4


def test_the_nearest_segment_has_the_largest_cosine():
    means, queries = drawn(500, seed=0), drawn(50, seed=1)
    found = index(means).nearest(queries, exclude_posts=[""] * 50)
    expected = cosines(queries, means)
    assert (expected[np.arange(50), found] >= expected.max(1) - 2e-3).all()
    assert (expected.argmax(1) == found).mean() > 0.9


def test_a_segment_finds_itself_whatever_its_length():
    means = drawn(300, seed=0)
    found = index(means).nearest(3 * means, exclude_posts=[""] * 300)
    assert found.tolist() == list(range(300))


def test_segments_of_the_same_post_are_skipped(partners):
    queries = partners.means.astype(np.float32)
    own = [partners.post_ids[post] for post in partners.posts]
    found = partners.nearest(queries, exclude_posts=own)
    expected = cosines(queries, queries)
    expected[partners.posts[:, None] == partners.posts] = -np.inf
    assert found.tolist() == expected.argmax(1).tolist()


def test_partners_have_the_category_of_the_query_and_another_post():
    means = drawn(60, seed=2)
    categories = tuple(("tea", "birds", "")[number % 3] for number in range(60))
    wanted = ["birds", "", "tea", "birds"] * 5
    own = list(range(20, 40))
    found = index(means, categories=categories).nearest(
        means[own], exclude_posts=[f"p{post}" for post in own], categories=wanted
    )
    of_all = cosines(means[own], means)
    for query, name in enumerate(wanted):
        allowed = [post for post in range(60) if post != own[query] and name in {"", categories[post]}]
        assert found[query] == allowed[of_all[query, allowed].argmax()]


@pytest.mark.parametrize(("post", "category"), [("p0", "tea"), ("p1", "stamps")])
def test_a_query_without_partner_gets_the_row_behind_the_last(post, category):
    partners = index(drawn(2, seed=0), categories=("tea", "birds"))
    found = partners.nearest(drawn(1, seed=1), exclude_posts=[post], categories=[category])
    assert found.tolist() == [2]


def test_no_queries_have_no_partners(partners):
    assert partners.nearest(np.zeros((0, SLOTS, DIM), np.float32), exclude_posts=[]).tolist() == []


def test_a_mean_of_zeros_has_a_partner_too(partners):
    assert partners.nearest(np.zeros((1, SLOTS, DIM), np.float32), exclude_posts=["tea-1"]).tolist() == [3]


@settings(max_examples=20)
@given(st.permutations(range(40)), st.integers(1, 7), st.integers(1, 5))
def test_results_depend_neither_on_blocks_nor_on_other_queries_and_ties_go_to_the_first(order, block, queries):
    means = drawn(10, seed=0)[np.arange(40) % 10]  # each four times
    queried = np.concatenate([means[:10], drawn(30, seed=1)])
    partners = index(means)
    whole = partners.nearest(queried, exclude_posts=[""] * 40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        patch.setattr(module, "QUERIES", queries)
        assert partners.nearest(queried[order], exclude_posts=[""] * 40).tolist() == whole[order].tolist()
    assert whole[:10].tolist() == list(range(10))
    assert (whole < 10).all()


@settings(max_examples=30)
@given(st.integers(1, 2000), st.integers(0, 10_000))
def test_float32_sums_the_products_of_rounded_means_exactly(width, seed):
    vectors = module._rounded(np.random.default_rng(seed).standard_cauchy((3, 1, width)))
    assert (vectors == np.rint(vectors)).all()
    assert (np.abs(vectors.astype(np.int64)) @ np.abs(vectors.astype(np.int64)).T).max() <= 2**24


def test_the_segments_of_a_post_come_in_order_and_start_again(partners):
    tea = means_of("tea-1")
    found = partners.of_post("tea-1", 7)
    assert found.dtype == np.float32
    assert np.array_equal(found, tea[[0, 1, 2, 0, 1, 2, 0]])
    assert np.array_equal(partners.of_post("tea-1", 2), tea[:2])


def test_the_error_for_an_unknown_post_names_the_most_similar_one(partners):
    with pytest.raises(UserError, match=r"no post 'bird-2' among the latents; did you mean 'bird-1'\?"):
        partners.of_post("bird-2", 1)


def test_the_mean_of_a_category_is_that_of_all_its_segments(partners):
    found = partners.label_means()
    assert list(found) == ["birds", "tea"]
    np.testing.assert_allclose(found["birds"], means_of("bird-1").mean(0), rtol=1e-6)
    both = np.concatenate([means_of("tea-1"), means_of("tea-2")])
    np.testing.assert_allclose(found["tea"], both.mean(0), rtol=1e-6)


def test_a_direction_counts_each_other_category_once():
    means = drawn(6, seed=4)
    partners = index(means, categories=("tea", "tea", "birds", "stamps", "stamps", ""))
    kinds = np.stack([means[:2].mean(0), means[2], means[3:5].mean(0)])
    expected = direction(torch.from_numpy(kinds), torch.tensor([True, False, False]))
    torch.testing.assert_close(partners.direction("tea"), expected)


def test_the_error_for_an_unknown_category_names_the_most_similar_one(partners):
    with pytest.raises(UserError, match=r"no category 'bird' among the latents; did you mean 'birds'\?"):
        partners.direction("bird")


def test_the_only_category_has_no_direction():
    partners = index(drawn(3, seed=0), categories=("tea", "tea", ""))
    with pytest.raises(UserError, match="without it"):
        partners.direction("tea")


def test_latents_of_another_model_are_refused(folder):
    with pytest.raises(UserError, match="latents of another model: run `blogvae encode`"):
        Partners.read(folder, model_sha256="of another")


def test_a_folder_without_manifest_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no latents: .*MANIFEST.json is missing; run `blogvae encode`"):
        Partners.read(tmp_path, model_sha256="of the model")


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is no JSON"), ('{"format": "blogvae-dataset/1"}', "is of format 'blogvae-dataset/1'"), ("[]", "None")],
)
def test_a_manifest_of_another_format_is_refused(tmp_path, text, message):
    (tmp_path / "MANIFEST.json").write_text(text)
    with pytest.raises(UserError, match=message):
        Partners.read(tmp_path, model_sha256="of the model")


@pytest.mark.parametrize("path", ["part-a.parquet", "posts/part-b.parquet"])
def test_a_part_that_is_missing_or_cut_is_named(tmp_path, path):
    part = write_latents(tmp_path) / path
    part.write_bytes(part.read_bytes()[:50])
    with pytest.raises(UserError, match=f"{path} is missing or no file of latents"):
        Partners.read(tmp_path, model_sha256="of the model")
    part.unlink()
    with pytest.raises(UserError, match=f"{path} is missing or no file of latents"):
        Partners.read(tmp_path, model_sha256="of the model")
