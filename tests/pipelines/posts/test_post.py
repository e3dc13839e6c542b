import pytest

from pipelines.posts.post import site_of


@pytest.mark.parametrize(
    ("source", "position", "site"),
    [
        ("blog/tea.md", 0, "blog"),
        ("tea.md", 0, "."),
        ("blog/posts.csv", 7, "blog/posts.csv"),
        ("blog/posts/tea/index.md", 0, "blog/posts"),
        ("blog/posts/tea/_index.md", 0, "blog/posts"),
        ("blog/posts/tea/index.html.gz", 0, "blog/posts"),
        ("blog/posts/tea/index.de.md", 0, "blog/posts"),
        ("tea/index.md", 0, "."),
        ("index.md", 0, "."),
        ("blog/indexes.md", 0, "blog"),
        ("blog/index.jsonl", 1, "blog/index.jsonl"),
    ],
)
def test_a_site_is_an_export_or_the_folder_of_posts(source, position, site):
    assert site_of(source, position) == site
