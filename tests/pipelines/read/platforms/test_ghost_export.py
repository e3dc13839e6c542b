import pytest

from pipelines.posts.post import HTML, PLAIN, RawPost, Reject
from pipelines.read.platforms.ghost_export import ghost_tables, read_ghost_export

TABLES = {
    "posts": [
        {"id": 1, "title": "A", "html": "<p>One</p>", "status": "published", "published_at": "2020-01-02T10:00:00Z"},
        {"id": 2, "title": "B", "plaintext": "Two", "status": "published", "author_id": 7, "created_at": "2020-01-03"},
        {"id": 3, "title": "C", "html": "<p>Three</p>", "status": "draft"},
        {"id": 4, "title": "D", "html": "<p>Four</p>", "status": "published", "page": 1},
    ],
    "users": [{"id": 7, "name": "Ann"}, {"id": 8, "name": "Bo"}],
    "posts_authors": [
        {"post_id": 1, "author_id": 7, "sort_order": 1},
        {"post_id": 1, "author_id": 8, "sort_order": 0},
    ],
    "tags": [{"id": 5, "name": "Tea"}, {"id": 6, "name": "#internal"}],
    "posts_tags": [{"post_id": 1, "tag_id": 6}, {"post_id": 1, "tag_id": 5}],
}


def test_posts_are_put_together_from_the_tables():
    first, second, *others = read_ghost_export(TABLES, source="ghost.json")
    assert first == RawPost(
        source="ghost.json",
        position=1,
        post_id="1",
        title="A",
        content="<p>One</p>",
        author="Bo, Ann",
        date="2020-01-02",
        tags=("Tea",),
        content_kind=HTML,
    )
    assert (second.author, second.date, second.content_kind) == ("Ann", "2020-01-03", PLAIN)
    assert [(reject.position, reject.reason) for reject in others if isinstance(reject, Reject)] == [
        (3, "not published"),
        (4, "not a post"),
    ]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"db": [{"data": {"posts": [], "users": []}}]}, {"posts", "users"}),
        ({"data": {"posts": []}}, {"posts"}),
        ({"db": {"data": {"posts": []}}}, {"posts"}),
        ({"data": {"users": []}}, set()),
        ([1], set()),
    ],
)
def test_the_tables_are_found_in_exports_of_all_versions(value, names):
    assert set(ghost_tables(value)) == names
