import pytest

from pipelines.read.fields.publication import comparable, is_post, is_published


@pytest.mark.parametrize("status", ["", "publish", "Published", "LIVE", "sent", "true", "1", "2023-12-05", "members"])
def test_published(status):
    assert is_published(status)


@pytest.mark.parametrize(
    "status",
    [
        *("draft", "DRAFT", "auto-draft", "private", "pending", "trash", "future", "inherit", "scheduled"),
        *("SOFT_TRASHED", "false", "False", " 0 ", "0.0", "no", "queued", "WIP", "In progress", "Not started"),
    ],
)
def test_not_published(status):
    assert not is_published(status)


@pytest.mark.parametrize("kind", ["", "post", "article", "newsletter", "recipe", "wp_story", "Pageant"])
def test_posts(kind):
    assert is_post(kind)


@pytest.mark.parametrize(
    "kind",
    ["page", "Page", "attachment", "revision", "nav_menu_item", "wp_block", "acf-field-group", "podcast", "thread"],
)
def test_no_posts(kind):
    assert not is_post(kind)


@pytest.mark.parametrize("name", ["Post Title", "post_title", "POST-TITLE", "postTitle", " post title "])
def test_names_are_compared_without_case_and_gaps(name):
    assert comparable(name) == "posttitle"
