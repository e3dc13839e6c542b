import pickle
from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.pvalue import TaggedOutput
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dedup import find_duplicates, shared_hashes
from pipelines.dedup.decisions import Cluster, Decisions, ExactDuplicate, NearDuplicate
from pipelines.dedup.find_duplicates import FindDuplicates
from pipelines.dedup.keys import KnownPosts, PostPlace, UnitKeys
from pipelines.posts.split import SPLITS, id_key, split_of

pytestmark = pytest.mark.slow

SEED = 3


@dataclass(frozen=True)
class Post:
    """A post as its keys describe it; posts that share a name in `bands` share that band."""

    content: str
    bands: tuple[str, str] = ("", "")
    date: str = ""
    post_id: str = ""


def sha(content):
    """A digest that ends in zero bytes, which NumPy's byte strings drop."""
    return sha256(content.encode()).hexdigest()[:4] + "00" * 30


def own_split(post_id):
    return split_of(id_key(post_id), seed=SEED)


def ids_of(split, count):
    """Returns ids that belong in this split."""
    return [name for name in map(str, range(1000)) if own_split(name) == split][:count]


def unit(number, *posts):
    names = [[band or f"{post.content} alone {index}" for index, band in enumerate(post.bands)] for post in posts]
    hashes = [[int(sha256(name.encode()).hexdigest()[:16], 16) for name in row] for row in names]
    return UnitKeys.of(
        number=number,
        dates=[post.date for post in posts],
        contents=[sha(post.content) for post in posts],
        ids=[post.post_id or f"{number} {row}" for row, post in enumerate(posts)],
        bands=np.array(hashes, np.uint64).reshape(len(posts), 2),
    )


def name_of(keys):
    return f"unit {keys.number}"


def known(**splits):
    return KnownPosts.of(contents=[sha(content) for content in splits], splits=list(splits.values()))


class Shuffles:
    """The steps of FindDuplicates with dictionaries as shuffles; `bytes` counts what passes through them."""

    def __init__(self):
        self.bytes = 0

    def group(self, pairs):
        groups = defaultdict(list)
        for key, value in pairs:
            self.bytes += len(pickle.dumps((key, value)))
            groups[key].append(value)
        return groups

    def shared(self, units, earlier):
        sources = [*units, *earlier]
        marks = self.group(
            pair for source in sources for pair in find_duplicates.mark_source(source, keys_of=lambda keys: keys)
        )
        return shared_hashes.packed_hashes(shared_hashes.repeated_marks(bucket) for bucket in marks.items())

    def decide(self, units, *earlier, near="report"):
        shared = self.shared(units, earlier)
        tagged = defaultdict(list)
        for source in (*units, *earlier):
            for output in find_duplicates.bucket_source(source, keys_of=lambda keys: keys, shared=shared):
                tag, value = (output.tag, output.value) if isinstance(output, TaggedOutput) else ("contents", output)
                tagged[tag].append(value)
        outputs = defaultdict(list)
        for bucket in self.group(tagged["contents"]).items():
            for output in find_duplicates.decide_bucket(bucket, seed=SEED):
                tag, value = (output.tag, output.value) if isinstance(output, TaggedOutput) else ("bands", output)
                outputs[tag].append(value)
        links = [find_duplicates.link_bucket(bucket) for bucket in self.group(outputs["bands"]).items()]
        one, other = find_duplicates.merge_packed(links[::2]), find_duplicates.merge_packed(links[1::2])
        outputs["members"] = list(find_duplicates.members_by_unit(find_duplicates.merge_packed([other, one])))
        ids = self.group(tagged["ids"]).items()
        outputs["repeated"] = [pair for bucket in ids for pair in find_duplicates.repeated_by_unit(bucket)]
        parts = {name: self.group(outputs[name]) for name in ("copies", "pins", "members", "repeated")}
        decided = [
            find_duplicates.decide(
                (keys.number, {"units": [name_of(keys)], **{name: part[keys.number] for name, part in parts.items()}}),
                near=near,
            )
            for keys in units
        ]
        return {name: decisions for (_, name), decisions in decided}


def decisions_of(*units, earlier=None, near="report"):
    """Returns the Decisions of each unit by its name."""
    return Shuffles().decide(units, *([earlier] if earlier else []), near=near)


def test_among_posts_of_one_content_the_earliest_date_stays():
    decisions = decisions_of(
        unit(1, Post("same", date="2023-05-01"), Post("other")),
        unit(2, Post("same", date="2021-05-01")),
        unit(3, Post("same")),
    )
    assert decisions == {
        "unit 1": Decisions(exact=(ExactDuplicate(0, PostPlace(2, 0)),)),
        "unit 2": Decisions(),
        "unit 3": Decisions(exact=(ExactDuplicate(0, PostPlace(2, 0)),)),
    }


def test_among_posts_of_one_content_and_date_the_first_by_unit_and_row_stays():
    decisions = decisions_of(unit(1 << 38, Post("same")), unit(7, Post("other"), Post("same"), Post("same")))
    assert decisions == {
        f"unit {1 << 38}": Decisions(exact=(ExactDuplicate(0, PostPlace(7, 1)),)),
        "unit 7": Decisions(exact=(ExactDuplicate(2, PostPlace(7, 1)),)),
    }


def test_all_posts_of_one_id_but_the_first_are_renamed():
    decisions = decisions_of(
        unit(1, Post("a", post_id="x"), Post("b", post_id="y"), Post("c", post_id="x")),
        unit(2, Post("d", post_id="x", date="2020-01-01")),
    )
    assert decisions == {"unit 1": Decisions(renamed=(0, 2)), "unit 2": Decisions()}


def test_posts_that_share_no_band_are_in_one_cluster_through_another_post():
    a, b, c, d = ids_of("train", 4)
    decisions = decisions_of(
        unit(1, Post("a", ("p", ""), post_id=a), Post("b", ("p", "q"), post_id=b)),
        unit(2, Post("c", ("", "q"), date="2020-01-01", post_id=c), Post("d", ("r", "s"), post_id=d)),
    )
    assert decisions == {
        "unit 1": Decisions(near=(NearDuplicate(0, PostPlace(2, 0), 3), NearDuplicate(1, PostPlace(2, 0), 3))),
        "unit 2": Decisions(clusters=(Cluster(row=0, size=3, straddling=0),)),
    }


def test_with_near_keep_near_duplicates_are_counted_but_not_listed():
    a, b = ids_of("train", 2)
    decisions = decisions_of(unit(1, Post("a", ("p", ""), post_id=a), Post("b", ("p", ""), post_id=b)), near="keep")
    assert decisions == {"unit 1": Decisions(clusters=(Cluster(row=0, size=2, straddling=0),))}


def test_an_exact_duplicate_is_in_no_cluster():
    decisions = decisions_of(unit(1, Post("a", ("p", "q")), Post("a", ("p", "q"))), near="keep")
    assert decisions == {"unit 1": Decisions(exact=(ExactDuplicate(1, PostPlace(1, 0)),))}


def test_a_cluster_is_in_the_split_of_its_representative():
    (test,), (train,) = ids_of("test", 1), ids_of("train", 1)
    decisions = decisions_of(unit(1, Post("a", ("p", ""), post_id=test), Post("b", ("p", ""), post_id=train)))
    assert decisions["unit 1"].splits == ((1, "test"),)


def test_a_known_post_keeps_its_split():
    (train,) = ids_of("train", 1)
    decisions = decisions_of(unit(1, Post("a", post_id=train), Post("new")), earlier=known(a="test", gone="test"))
    assert decisions == {"unit 1": Decisions(splits=((0, "test"),))}


def test_a_cluster_takes_the_split_of_its_first_known_post_and_moves_no_known_post():
    new, *old = ids_of("train", 4)
    posts = [Post(name, ("p", ""), post_id=name) for name in (new, *old)]
    earlier = known(**dict(zip(old, ["validation", "test", "train"], strict=True)))
    decisions = decisions_of(unit(1, *posts), earlier=earlier)
    assert decisions["unit 1"].splits == ((0, "validation"), (1, "validation"), (2, "test"))
    assert decisions["unit 1"].clusters == (Cluster(row=0, size=4, straddling=2),)


def test_a_unit_without_posts_has_empty_decisions():
    assert decisions_of(unit(1)) == {"unit 1": Decisions()}


def assert_that_pipeline_decides(expected, units, earlier, *, near):
    sources = {(keys.number, name_of(keys)): keys for keys in units}
    sources |= {f"path {index}": known for index, known in enumerate(earlier)}
    numbered = [(keys.number, name_of(keys)) for keys in units]
    with test_pipeline.TestPipeline() as pipeline:
        paths = [path for path in sources if isinstance(path, str)]
        inputs = {"units": pipeline | "U" >> beam.Create(numbered), "known": pipeline | "K" >> beam.Create(paths)}
        found = inputs | FindDuplicates(sources.__getitem__, seed=SEED, near=near)
        assert_that(found, equal_to([((number, name), expected[name]) for number, name in numbered]))


def test_the_pipeline_decides_the_same_as_its_steps():
    units = [
        unit(1, Post("a", ("p", "")), Post("b", ("p", "")), Post("a")),
        unit(2, Post("c", ("", "q"), post_id="x")),
        unit(3, Post("d", ("", "q"), post_id="x", date="2020-01-01"), Post("e")),
    ]
    earlier = [known(a="test"), known(d="validation", e="test")]
    expected = Shuffles().decide(units, *earlier)
    assert expected["unit 1"].exact
    assert expected["unit 2"].near
    assert_that_pipeline_decides(expected, units, earlier, near="report")


def test_the_pipeline_needs_no_earlier_run():
    units = [unit(1, Post("a")), unit(2, Post("a"))]
    assert_that_pipeline_decides(decisions_of(*units), units, [], near="drop")


@pytest.mark.parametrize("posts", [8_000, 24_000])
def test_less_than_80_bytes_a_post_cross_the_shuffles(posts):
    random = np.random.default_rng(0)
    units = [
        UnitKeys.of(
            number=number,
            dates=["2020-01-01"] * 1000,
            contents=[random.bytes(32).hex() for _ in range(1000)],
            ids=[f"{number} {row}" for row in range(1000)],
            bands=random.integers(1 << 63, size=(1000, 14), dtype=np.uint64),
        )
        for number in range(posts // 1000)
    ]
    shuffles = Shuffles()
    shuffles.decide(units)
    assert 64 < shuffles.bytes / posts < 80


POSTS = st.lists(
    st.builds(
        Post,
        content=st.sampled_from([f"content {number}" for number in range(40)]),
        bands=st.tuples(st.sampled_from(["", "", "p", "q", "r"]), st.sampled_from(["", "", "s", "t", "u"])),
        date=st.sampled_from(["", "2020-01-01", "2021-01-01"]),
        post_id=st.sampled_from(["", "", "x", "y"]),
    ),
    max_size=14,
)
EARLIER = st.dictionaries(
    st.sampled_from([f"content {number}" for number in range(40)]), st.sampled_from(SPLITS), max_size=20
)


def of_one_content(posts):
    """Gives posts of the same content the same bands, as the same text has, and an id to those without."""
    bands = {}
    return [
        replace(post, bands=bands.setdefault(post.content, post.bands), post_id=post.post_id or f"post {index}")
        for index, post in enumerate(posts)
    ]


def cut(posts, lengths):
    """Returns the posts in units of these lengths and a last unit of the rest, and the place of each post."""
    ends = np.minimum(np.cumsum([0, *lengths]), len(posts)).tolist()
    parts = [posts[start:end] for start, end in zip(ends, [*ends[1:], None], strict=True)]
    return [unit(number, *part) for number, part in enumerate(parts)], [
        PostPlace(number, row) for number, part in enumerate(parts) for row in range(len(part))
    ]


def by_index(decisions, places):
    """Returns the decisions of all units as tuples that name posts by their index in the list of all posts."""
    indices = {place: index for index, place in enumerate(places)}
    numbers = {f"unit {number}": number for number, _ in places}
    facts = []
    for name, of_unit in decisions.items():

        def index_of(row, name=name):
            return indices[PostPlace(numbers[name], row)]

        for fact in (*of_unit.exact, *of_unit.near, *of_unit.clusters):
            values = [indices.get(value, value) if isinstance(value, PostPlace) else value for value in fact[1:]]
            facts.append((type(fact).__name__, index_of(fact.row), *values))
        facts += [("renamed", index_of(row)) for row in of_unit.renamed]
        facts += [("split", index_of(row), split) for row, split in of_unit.splits]
    return sorted(facts)


def expected_of(posts, earlier):
    """Returns what `by_index` should return, computed post by post from the definitions."""
    rank = {index: (post.date or "9", index) for index, post in enumerate(posts)}
    first_of, ids, facts = {}, set(), []
    for index in sorted(rank, key=rank.get):
        first = first_of.setdefault(posts[index].content, index)
        if first != index:
            facts.append(("ExactDuplicate", index, first))
        if posts[index].post_id in ids:
            facts.append(("renamed", index))
        ids |= {posts[index].post_id} - {""}
    clusters = []
    for index in sorted(first_of.values(), key=rank.get):
        bands = set(posts[index].bands) - {""}
        joined = [cluster for cluster in clusters if any(bands & set(posts[member].bands) for member in cluster)]
        clusters = [cluster for cluster in clusters if cluster not in joined] + [[index, *chain(*joined)]]
    for cluster in clusters:
        cluster.sort(key=rank.get)
        pins = [earlier[posts[index].content] for index in cluster if posts[index].content in earlier]
        split = [*pins, own_split(posts[cluster[0]].post_id)][0]
        for index in cluster:
            expected = earlier.get(posts[index].content, split)
            facts += [("split", index, expected)] if expected != own_split(posts[index].post_id) else []
            facts += [("NearDuplicate", index, cluster[0], len(cluster))] if index != cluster[0] else []
        if len(cluster) > 1:
            facts.append(("Cluster", cluster[0], len(cluster), sum(pin != split for pin in pins)))
    return sorted(facts)


@given(POSTS, EARLIER, st.lists(st.integers(0, 6), max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_decisions_depend_on_the_posts_alone_not_on_units_and_their_order(posts, earlier, lengths, random):
    posts = of_one_content(posts)
    units, places = cut(posts, lengths)
    random.shuffle(units)
    assert by_index(decisions_of(*units, earlier=known(**earlier)), places) == expected_of(posts, earlier)


@given(POSTS, POSTS, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_growth_moves_no_post(posts, more, random):
    before = splits_of(posts := of_one_content(posts), {})
    grown = [*posts, *more]
    random.shuffle(grown)
    after = splits_of(of_one_content([*posts, *grown])[len(posts) :], before)
    assert before.items() <= after.items()


def splits_of(posts, earlier):
    """Returns the split of each content."""
    units, places = cut(posts, [3, 3])
    facts = by_index(decisions_of(*units, earlier=known(**earlier)), places)
    moved = {index: split for name, index, *split in facts if name == "split"}
    dropped = {index for name, index, *_ in facts if name == "ExactDuplicate"}
    stay = {index: post.content for index, post in enumerate(posts) if index not in dropped}
    assert len(set(stay.values())) == len(stay)
    return {content: moved.get(index, [own_split(posts[index].post_id)])[0] for index, content in stay.items()}


@given(POSTS)
@settings(max_examples=50, deadline=None)
def test_near_duplicates_are_in_one_split_and_no_content_vanishes(posts):
    posts = of_one_content(posts)
    splits = splits_of(posts, {})
    assert splits.keys() == {post.content for post in posts}
    for post in posts:
        near = [other.content for other in posts if set(post.bands) & set(other.bands) - {""}]
        assert len({splits[content] for content in near}) <= 1
