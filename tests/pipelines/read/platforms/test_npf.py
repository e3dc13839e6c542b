import io
import json

from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.clean import clean
from pipelines.posts.post import HTML, text_of
from pipelines.read.json_file import read_json_file
from pipelines.read.platforms.npf import html_of_npf, is_npf

TEXT = "A kettle of 3 < 4 cups"
POSTS = [
    {
        "id": 1,
        "state": "published",
        "timestamp": 1580688000,
        "tags": ["tea"],
        "content": [
            {"type": "text", "subtype": "heading1", "text": "Kettles"},
            {
                "type": "text",
                "text": TEXT,
                "formatting": [{"start": 2, "end": 8, "type": "link", "url": "https://k.example/"}],
            },
            {"type": "image", "media": [{"url": "k.png"}], "caption": "Mine."},
            {"type": "text", "subtype": "ordered-list-item", "text": "Fill"},
            {"type": "text", "subtype": "ordered-list-item", "text": "Boil"},
            {"type": "video", "url": "https://v.example/"},
        ],
    },
    {"id": 2, "state": "queued", "content": [{"type": "text", "text": "Later."}]},
]


def test_a_list_of_blocks_is_read_as_a_post():
    post, queued = read_json_file(io.BytesIO(json.dumps({"posts": POSTS}).encode()), source="t.json", columns=None)
    assert (post.post_id, post.date, post.tags, post.content_kind) == ("1", "2020-02-03", ("tea",), HTML)
    assert text_of(clean(post.content, HTML)) == (
        "# Kettles\n\nA [kettle](https://k.example/) of 3 < 4 cups\n\nMine.\n\n1. Fill\n2. Boil"
    )
    assert (queued.reason, queued.value) == ("not published", "queued")


def test_other_lists_are_none():
    assert not any(map(is_npf, ([], ["a"], [{"type": "p"}], "text", None)))


@given(
    st.lists(st.dictionaries(st.sampled_from(["text", "subtype", "formatting", "caption"]), st.integers() | st.text()))
)
def test_damaged_blocks_do_not_raise(blocks):
    assert isinstance(html_of_npf([{**block, "type": "text"} for block in blocks]), str)
