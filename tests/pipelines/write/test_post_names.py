import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.write.post_names import PostNames

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def post(post_id="id", **columns):
    return {"post_id": post_id, "title": "", "date": "", "category": [], **columns}


POSTS = st.fixed_dictionaries(
    {
        "post_id": st.text(min_size=1, max_size=20),
        "title": st.text() | st.sampled_from(["Nul", "a/b", "..", "Tea", "tea", "TEA"]),
        "date": st.sampled_from(["", "2024-05-04"]),
        "category": st.lists(st.text() | st.sampled_from(["CON", "com¹", "Tea"]), max_size=2),
    }
)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"title": "On tea!", "date": "2024-05-04", "category": ["Garden & co", "b"]}, "garden-co/2024-05-04-on-tea"),
        ({"post_id": "blog/2020/tea", "title": "On tea"}, "blog/2020/on-tea"),
        ({"post_id": "blog/2020/tea"}, "blog/2020/tea"),
        ({"title": "Café ÜBER Straße"}, "café-über-strasse"),
        ({"title": "हिन्दी 日本語"}, "हिन्दी-日本語"),
        ({"title": "🌱", "category": ["🌱"]}, "post"),
        ({"title": "Nul", "category": ["Nul"]}, "nul-/nul"),
        ({"post_id": "../../etc/passwd"}, "etc/passwd"),
    ],
)
def test_a_post_is_named_after_its_category_or_folder_its_date_and_its_title(columns, name):
    assert PostNames().name(post(**columns)) == name


def test_later_posts_of_one_name_keep_a_digest_of_their_id_in_their_names():
    names = PostNames()
    first, second, third = (post(post_id, title=title) for post_id, title in [("a", "Tea"), ("b", "TEA"), ("c", "tea")])
    assert [names.name(named) for named in (first, second, third, second, first)] == [
        *("tea", "tea-3e23e816", "tea-2e7d2c03"),
        *("tea-3e23e816", "tea"),
    ]


@given(st.lists(POSTS, max_size=8, unique_by=lambda row: row["post_id"]))
def test_names_are_unique_and_valid_on_every_system(posts):
    post_names = PostNames()
    names = [post_names.name(row) for row in posts]

    assert len({name.casefold() for name in names}) == len(posts)
    for part in "/".join(names).split("/") if posts else []:
        assert not re.search(r'[<>:"\\|?*\x00-\x1f\s.]', part)
        assert 0 < len(part.encode()) <= 120
    assert not any(RESERVED.fullmatch(part) for name in names for part in name.split("/")[:-1])
