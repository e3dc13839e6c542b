"""Whatever posts are exported, and by whichever platform, what is read back are the same words and facts."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from export_writers import WRITERS, Post, text
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.clean.clean import clean
from pipelines.clean.title import plain_title
from pipelines.posts.post import MARKDOWN
from pipelines.read.readable_inputs import readable_inputs
from pipelines.read.reader import read_raw_posts

pytestmark = pytest.mark.slow

_WORDS = st.sampled_from(
    [
        *("kettle river Größe œuvre été Кот лес 日本 한국어 “quoted” it’s".split()),
        *("A&B 3<4 a>b 50% C# e-mail (so) — No. 2½ 😀 x=y don't".split()),
    ]
)
_PHRASE = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)
_PARAGRAPH = _PHRASE.map(lambda words: f"Then {words}, and so on.")
_LABELS = st.lists(st.sampled_from(["Tea", "Café & Co", "Лес", "small talk", "日記"]), unique=True, max_size=3).map(
    tuple
)
_POST = st.builds(
    Post,
    title=_PHRASE.map(lambda words: f"On {words}"),
    author=st.sampled_from(["Ann Bee", "Zoë O'Neil", "Иван Петров", "山田"]),
    date=st.dates(min_value=date(1990, 1, 1), max_value=date(2035, 1, 1)).map(date.isoformat),
    category=_LABELS,
    tags=_LABELS,
    paragraphs=st.lists(_PARAGRAPH, min_size=1, max_size=4).map(tuple),
)


def read_back(files):
    """The posts in these files, by what is read and cleaned, in the order of their ids."""
    with tempfile.TemporaryDirectory() as root:
        for name, data in files.items():
            path = Path(root, "in", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        listed = readable_inputs([f"{root}/in"], columns=None, output=f"{root}/out")
        found = [(post, file) for file in listed for post in read_raw_posts(file, columns=None)]
    return [
        Post(
            title=plain_title(post.title),
            author=post.author,
            date=post.date,
            category=post.category,
            tags=post.tags,
            paragraphs=tuple(
                block.text for block in clean(post.content, post.content_kind or file.content_kind or MARKDOWN)
            ),
        )
        for post, file in found
    ]


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=12, deadline=None)
@given(posts=st.lists(_POST, min_size=1, max_size=4))
def test_what_is_exported_is_read_back(write, posts):
    read = read_back(write(posts))
    if write is text:
        read = [replace(post, title="") for post in read]  # the name's
    assert sorted(map(repr, read)) == sorted(repr(WRITERS[write](post)) for post in posts)
