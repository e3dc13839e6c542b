"""Pages of Notion; those of Medium and Tumblr are in test_text_file.py."""

from pipelines.read.text_file import read_text_file


def notion(properties):
    rows = "".join(
        f'<tr class="property-row"><th><span class="icon"></span>{name}</th><td>{value}</td></tr>'
        for name, value in properties.items()
    )
    page = (
        '<html><head><title>Tea</title></head><body><article id="1" class="page sans"><header>'
        f'<h1 class="page-title">Tea</h1><table class="properties"><tbody>{rows}</tbody></table></header>'
        '<div class="page-body"><p>Hot words.</p></div></article></body></html>'
    )
    return read_text_file(page.encode(), source="Tea 0123456789abcdef0123456789abcdef.html")


def test_a_page_of_notion_is_its_body_and_its_properties_are_facts():
    tags = '<span class="selected-value">leaf</span><span class="selected-value">hot water</span>'
    post = notion({"Author": "Ann Bee", "Date": "<time>@May 6, 2023</time>", "Tags": tags, "Status": "Done"})
    assert post.content == "<p>Hot words.</p>"
    assert (post.title, post.author, post.date, post.tags) == ("Tea", "Ann Bee", "2023-05-06", ("leaf", "hot water"))


def test_a_draft_of_notion_is_rejected():
    rejected = notion({"Status": '<span class="status-value">In progress</span>'})
    assert (rejected.reason, rejected.value) == ("not published", "In progress")
