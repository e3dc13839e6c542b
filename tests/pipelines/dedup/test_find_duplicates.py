import pickle
from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import sha256

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.pvalue import TaggedOutput
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dedup import find_duplicates
from pipelines.dedup.decisions import Cluster, Decisions, ExactDuplicate, NearDuplicate
from pipelines.dedup.find_duplicates import FindDuplicates
from pipelines.dedup.keys import KnownPosts, PostPlace, UnitKeys
from pipelines.posts.split import SPLITS, id_key, split_of

pytestmark = pytest.mark.slow

SEED = 3


@dataclass(frozen=True)
class Post:
    """A post as the keys tell it; `bands` are names of what it shares with others."""

    content: str
    bands: tuple[str, str] = ("", "")
    date: str = ""
    post_id: str = ""


def sha(content):
    """A digest with zero bytes where they hurt: at its end."""
    return sha256(content.encode()).hexdigest()[:4] + "00" * 30


def own_split(post_id):
    return split_of(id_key(post_id), seed=SEED)


def ids_of(split, count):
    """Ids whose own split is this one."""
    return [name for name in map(str, range(1000)) if own_split(name) == split][:count]


def unit(number, *posts):
    names = [[band or f"{post.content} alone {at}" for at, band in enumerate(post.bands)] for post in posts]
    hashes = [[int(sha256(name.encode()).hexdigest()[:16], 16) for name in row] for row in names]
    return UnitKeys.of(
        unit=f"unit {number}",
        number=number,
        dates=[post.date for post in posts],
        contents=[sha(post.content) for post in posts],
        ids=[post.post_id or f"{number} {row}" for row, post in enumerate(posts)],
        bands=np.array(hashes, np.uint64).reshape(len(posts), 2),
    )


def known(**splits):
    return KnownPosts.of(contents=[sha(content) for content in splits], splits=list(splits.values()))


class Shuffles:
    """The steps of FindDuplicates with dictionaries for shuffles, which weigh what passes."""

    def __init__(self):
        self.bytes = 0

    def group(self, pairs):
        groups = defaultdict(list)
        for key, value in pairs:
            self.bytes += len(pickle.dumps((key, value)))
            groups[key].append(value)
        return groups

    def decide(self, units, *earlier, near="report"):
        posts = self.group(pair for each in units for pair in find_duplicates.bucket_posts(each))
        kept = self.group(pair for each in earlier for pair in find_duplicates.bucket_known(each))
        found = defaultdict(list)
        for bucket in {*posts, *kept}:
            for each in find_duplicates.decide_bucket(
                (bucket, {"posts": posts[bucket], "known": kept[bucket]}), seed=SEED
            ):
                tag, value = (each.tag, each.value) if isinstance(each, TaggedOutput) else ("bands", each)
                found[tag].append(value)
        links = [find_duplicates.link_bucket(bucket) for bucket in self.group(found["bands"]).items()]
        some, others = find_duplicates.merge_packed(links[::2]), find_duplicates.merge_packed(links[1::2])
        found["members"] = list(find_duplicates.members_by_unit(find_duplicates.merge_packed([others, some])))
        ids = self.group(pair for each in units for pair in find_duplicates.bucket_ids(each))
        found["repeated"] = [pair for bucket in ids.items() for pair in find_duplicates.repeated_by_unit(bucket)]
        parts = {name: self.group(found[name]) for name in ("copies", "pins", "members", "repeated")}
        return dict(
            find_duplicates.decide(
                (each.number, {"units": [each.unit], **{name: part[each.number] for name, part in parts.items()}}),
                near=near,
            )
            for each in units
        )


def decided(*units, earlier=None, near="report"):
    return Shuffles().decide(units, *([earlier] if earlier else []), near=near)


def test_of_one_content_the_earliest_dated_stays():
    found = decided(
        unit(1, Post("same", date="2023-05-01"), Post("other")),
        unit(2, Post("same", date="2021-05-01")),
        unit(3, Post("same")),
    )
    assert found == {
        "unit 1": Decisions(exact=(ExactDuplicate(0, PostPlace(2, 0)),)),
        "unit 2": Decisions(),
        "unit 3": Decisions(exact=(ExactDuplicate(0, PostPlace(2, 0)),)),
    }


def test_of_one_date_the_first_by_unit_then_row_stays():
    found = decided(unit(1 << 38, Post("same")), unit(7, Post("other"), Post("same"), Post("same")))
    assert found == {
        f"unit {1 << 38}": Decisions(exact=(ExactDuplicate(0, PostPlace(7, 1)),)),
        "unit 7": Decisions(exact=(ExactDuplicate(2, PostPlace(7, 1)),)),
    }


def test_all_but_the_first_of_one_id_are_renamed():
    found = decided(
        unit(1, Post("a", post_id="x"), Post("b", post_id="y"), Post("c", post_id="x")),
        unit(2, Post("d", post_id="x", date="2020-01-01")),
    )
    assert found == {"unit 1": Decisions(renamed=(0, 2)), "unit 2": Decisions()}


def test_a_cluster_reaches_from_neighbour_to_neighbour():
    a, b, c, d = ids_of("train", 4)
    found = decided(
        unit(1, Post("a", ("p", ""), post_id=a), Post("b", ("p", "q"), post_id=b)),
        unit(2, Post("c", ("", "q"), date="2020-01-01", post_id=c), Post("d", ("r", "s"), post_id=d)),
    )
    assert found == {
        "unit 1": Decisions(near=(NearDuplicate(0, PostPlace(2, 0), 3), NearDuplicate(1, PostPlace(2, 0), 3))),
        "unit 2": Decisions(clusters=(Cluster(row=0, size=3, straddling=0),)),
    }


def test_kept_near_duplicates_are_not_listed_but_counted():
    a, b = ids_of("train", 2)
    found = decided(unit(1, Post("a", ("p", ""), post_id=a), Post("b", ("p", ""), post_id=b)), near="keep")
    assert found == {"unit 1": Decisions(clusters=(Cluster(row=0, size=2, straddling=0),))}


def test_an_exact_duplicate_is_in_no_cluster():
    found = decided(unit(1, Post("a", ("p", "q")), Post("a", ("p", "q"))), near="keep")
    assert found == {"unit 1": Decisions(exact=(ExactDuplicate(1, PostPlace(1, 0)),))}


def test_a_cluster_is_in_the_split_of_its_representative():
    (test,), (train,) = ids_of("test", 1), ids_of("train", 1)
    found = decided(unit(1, Post("a", ("p", ""), post_id=test), Post("b", ("p", ""), post_id=train)))
    assert found["unit 1"].splits == ((1, "test"),)


def test_a_known_post_keeps_its_split_whatever_else_arrives():
    (train,) = ids_of("train", 1)
    found = decided(unit(1, Post("a", post_id=train), Post("new")), earlier=known(a="test", gone="test"))
    assert found == {"unit 1": Decisions(splits=((0, "test"),))}


def test_a_cluster_follows_its_first_known_post_and_moves_none():
    new, *old = ids_of("train", 4)
    posts = [Post(name, ("p", ""), post_id=name) for name in (new, *old)]
    earlier = known(**dict(zip(old, ["validation", "test", "train"], strict=True)))
    found = decided(unit(1, *posts), earlier=earlier)
    assert found["unit 1"].splits == ((0, "validation"), (1, "validation"), (2, "test"))
    assert found["unit 1"].clusters == (Cluster(row=0, size=4, straddling=2),)


def test_a_unit_without_posts_has_decisions_all_the_same():
    assert decided(unit(1)) == {"unit 1": Decisions()}


def test_a_unit_too_large_for_its_keys_is_refused():
    with pytest.raises(ValueError, match="unit 1099511627776 of 1 posts"):
        unit(1 << 40, Post("a"))


def test_the_pipeline_decides_as_its_steps_do():
    units = [
        unit(1, Post("a", ("p", "")), Post("b", ("p", "")), Post("a")),
        unit(2, Post("c", ("", "q"), post_id="x")),
        unit(3, Post("d", ("", "q"), post_id="x", date="2020-01-01"), Post("e")),
    ]
    earlier = [known(a="test"), known(d="validation", e="test")]
    expected = Shuffles().decide(units, *earlier)
    assert expected["unit 1"].exact
    assert expected["unit 2"].near
    with test_pipeline.TestPipeline() as pipeline:
        inputs = {"keys": pipeline | "U" >> beam.Create(units), "known": pipeline | "K" >> beam.Create(earlier)}
        assert_that(inputs | FindDuplicates(seed=SEED, near="report"), equal_to(expected.items()))


def test_the_pipeline_needs_no_earlier_run():
    units = [unit(1, Post("a")), unit(2, Post("a"))]
    with test_pipeline.TestPipeline() as pipeline:
        inputs = {"keys": pipeline | "U" >> beam.Create(units), "known": pipeline | "K" >> beam.Create([])}
        assert_that(inputs | FindDuplicates(seed=SEED, near="drop"), equal_to(decided(*units).items()))


@pytest.mark.parametrize("posts", [8_000, 24_000])
def test_less_than_600_bytes_a_post_cross_the_shuffles(posts):
    random = np.random.default_rng(0)
    units = [
        UnitKeys.of(
            unit=str(number),
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
    assert 450 < shuffles.bytes / posts < 600


# What follows holds of any posts, in any units.

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
    """Posts of one content have one set of bands, as texts do; those without an id get one."""
    bands = {}
    return [
        replace(post, bands=bands.setdefault(post.content, post.bands), post_id=post.post_id or f"post {at}")
        for at, post in enumerate(posts)
    ]


def cut(posts, lengths):
    """Units of these lengths, and a last one of the rest."""
    ends = np.minimum(np.cumsum([0, *lengths]), len(posts)).tolist()
    parts = [posts[start:end] for start, end in zip(ends, [*ends[1:], None], strict=True)]
    return [unit(number, *part) for number, part in enumerate(parts)], [
        PostPlace(number, row) for number, part in enumerate(parts) for row in range(len(part))
    ]


def told(found, places):
    """Decisions in terms of positions in the whole list."""
    at = {place: position for position, place in enumerate(places)}
    here = {f"unit {number}": number for number, _ in places}
    facts = []
    for name, each in found.items():
        own = [(fact, at[PostPlace(here[name], fact.row)]) for fact in (*each.exact, *each.near, *each.clusters)]
        facts += [
            (
                type(fact).__name__,
                place,
                *[at.get(value, value) if isinstance(value, PostPlace) else value for value in fact[1:]],
            )
            for fact, place in own
        ]
        facts += [("renamed", at[PostPlace(here[name], row)]) for row in each.renamed]
        facts += [("split", at[PostPlace(here[name], row)], split) for row, split in each.splits]
    return sorted(facts)


def expected_of(posts, earlier):
    """The same by definition, post by post."""
    rank = {at: (post.date or "9", at) for at, post in enumerate(posts)}
    by_rank = sorted(rank, key=rank.get)
    first_of, first_id, facts = {}, set(), []
    for at in by_rank:
        first = first_of.setdefault(posts[at].content, at)
        if first != at:
            facts.append(("ExactDuplicate", at, first))
        if posts[at].post_id in first_id:
            facts.append(("renamed", at))
        first_id |= {posts[at].post_id} - {""}
    left = sorted(first_of.values(), key=rank.get)
    clusters = []
    for at in left:
        shares = [c for c in clusters if any(set(posts[at].bands) & set(posts[o].bands) - {""} for o in c)]
        clusters = [c for c in clusters if c not in shares] + [[at, *(o for c in shares for o in c)]]
    for cluster in clusters:
        cluster.sort(key=rank.get)
        pins = [earlier[posts[at].content] for at in cluster if posts[at].content in earlier]
        split = [*pins, own_split(posts[cluster[0]].post_id)][0]
        for at in cluster:
            mine = earlier.get(posts[at].content, split)
            facts += [("split", at, mine)] if mine != own_split(posts[at].post_id) else []
            facts += [("NearDuplicate", at, cluster[0], len(cluster))] if at != cluster[0] else []
        if len(cluster) > 1:
            facts.append(("Cluster", cluster[0], len(cluster), sum(pin != split for pin in pins)))
    return sorted(facts)


@given(POSTS, EARLIER, st.lists(st.integers(0, 6), max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_decisions_follow_from_the_posts_alone_however_they_are_cut_and_come(posts, earlier, lengths, random):
    posts = of_one_content(posts)
    units, places = cut(posts, lengths)
    random.shuffle(units)
    assert told(decided(*units, earlier=known(**earlier)), places) == expected_of(posts, earlier)


@given(POSTS, POSTS, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_growth_moves_no_post(posts, more, random):
    before = run(posts := of_one_content(posts), {})
    grown = [*posts, *more]
    random.shuffle(grown)
    after = run(of_one_content([*posts, *grown])[len(posts) :], before)
    assert before.items() <= after.items()


def run(posts, earlier):
    """The split of each content."""
    units, places = cut(posts, [3, 3])
    facts = told(decided(*units, earlier=known(**earlier)), places)
    moved = {at: split for name, at, *split in facts if name == "split"}
    dropped = {at for name, at, *_ in facts if name == "ExactDuplicate"}
    stay = {at: post.content for at, post in enumerate(posts) if at not in dropped}
    assert len(set(stay.values())) == len(stay)
    return {content: moved.get(at, [own_split(posts[at].post_id)])[0] for at, content in stay.items()}


@given(POSTS)
@settings(max_examples=50, deadline=None)
def test_twins_that_arrive_together_are_in_one_split_and_nothing_vanishes(posts):
    posts = of_one_content(posts)
    splits = run(posts, {})
    assert splits.keys() == {post.content for post in posts}
    for post in posts:
        twins = [other.content for other in posts if set(post.bands) & set(other.bands) - {""}]
        assert len({splits[content] for content in twins}) <= 1
