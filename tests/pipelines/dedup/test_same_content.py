import numpy as np

from pipelines.dedup.keys import KNOWN, NO_SPLIT, split_code
from pipelines.dedup.packed_rows import records
from pipelines.dedup.same_content import POST, POST_BAND, decide_contents
from pipelines.posts.split import split_of

A, B, C = (letter * 32 for letter in (b"a", b"b", b"c"))


def decide(*posts, known=()):
    """Decides between posts given as (content, id, date, key), with one band each that equals their key."""
    rows = np.array(list(posts), POST)
    bands = records(POST_BAND, band=rows["key"], key=rows["key"])
    return decide_contents(rows, bands, np.array(list(known), KNOWN), seed=0)


def own_code(post_id):
    return split_code(split_of(post_id, seed=0))


def test_the_first_by_date_then_by_key_stays_of_each_content():
    contents = decide((A, 1, 20240101, 10), (B, 2, 20240101, 11), (A, 3, 20230101, 13), (A, 4, 20230101, 12))
    assert sorted(contents.copies.tolist()) == [(10, 12), (13, 12)]
    assert sorted(contents.bands["key"].tolist()) == [11, 12]
    assert contents.bands["band"].tolist() == contents.bands["key"].tolist()


def test_bands_carry_the_split_of_the_id_and_the_known_one():
    contents = decide((A, 1, 0, 10), (C, 2, 0, 11), known=[(A, 3), (B, 2)])
    assert {row["key"]: (row["own"], row["pin"]) for row in contents.bands} == {
        10: (own_code(1), 3),
        11: (own_code(2), NO_SPLIT),
    }


def test_known_posts_are_pinned_if_their_id_gives_another_split():
    own = own_code(1)
    other = own % 3 + 1
    assert decide((A, 1, 0, 10), known=[(A, own)]).pins.tolist() == []
    assert decide((A, 1, 0, 10), known=[(A, other)]).pins.tolist() == [(10, other)]


def test_a_post_with_several_bands_has_a_row_for_each():
    posts = np.array([(A, 1, 20240101, 10)], POST)
    bands = records(POST_BAND, band=[7, 8, 9], key=[10] * 3)
    contents = decide_contents(posts, bands, np.empty(0, KNOWN), seed=0)
    assert contents.bands["band"].tolist() == [7, 8, 9]
    assert contents.bands["key"].tolist() == [10, 10, 10]
    assert contents.bands["date"].tolist() == [20240101] * 3
