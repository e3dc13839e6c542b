import pytest

from pipelines.posts.post import HEADING, LIST_ITEM, PARAGRAPH, Block, site_of, text_of


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
def test_the_site_of_a_post_is_its_export_or_the_folder_of_its_file(source, position, site):
    assert site_of(source, position) == site


def test_blank_lines_separate_blocks_but_not_the_items_of_a_list():
    blocks = [(HEADING, "# Tea"), (LIST_ITEM, "- one"), (LIST_ITEM, "- two"), (PARAGRAPH, "Hot."), (LIST_ITEM, "- x")]
    assert text_of([Block(*block) for block in blocks]) == "# Tea\n\n- one\n- two\n\nHot.\n\n- x"
    assert text_of([]) == ""
