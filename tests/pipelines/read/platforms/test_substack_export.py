import zipfile

import pytest

from pipelines.posts.post import RawPost
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import file_sha256
from pipelines.read.reader import read_raw_posts

LIST = """post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url
101.first,2022-01-02T10:00:00.000Z,true,,,newsletter,everyone,My First Letter,Sub,
102.draft,,false,,,newsletter,everyone,Secret Draft,,
103.about,2022-01-01T10:00:00.000Z,true,,,page,everyone,About,,
104.talk,2022-01-03T10:00:00.000Z,true,,,podcast,everyone,Talk,,https://example.org/talk.mp3
105,2022-01-04T10:00:00.000Z,true,,,newsletter,only_paid,"Letter, the second",,
106.gone,2022-01-05T10:00:00.000Z,true,,,newsletter,everyone,Gone,,
"""
FILES = {
    "posts.csv": LIST,
    "posts/101.first.html": "<p>First letter words here.</p>",
    "posts/102.draft.html": "<p>Draft words nobody may see.</p>",
    "posts/103.about.html": "<p>About this page words.</p>",
    "posts/105.second.html": "<p>Second &amp; last.</p>",
    "posts/107.unlisted.html": "<p>Of no row.</p>",
    "posts/101.first.opens.csv": "post_id,timestamp,email\n101,2022,reader@example.org\n",
    "posts/101.first.delivers.csv": "post_id,timestamp,email\n101,2022,reader@example.org\n",
    "email_list.ann.csv": "email,active_subscription\nreader@example.org,true\n",
}


def told(path):
    items = [item for file in list_inputs([str(path)]).files for item in read_raw_posts(file, columns=None)]
    posts = [(each.title, each.date, each.content) for each in items if isinstance(each, RawPost)]
    rejects = [(each.post_id, each.reason) for each in items if not isinstance(each, RawPost)]
    return posts, rejects


@pytest.mark.parametrize("prefix", ["", "export/"])
@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_the_list_and_the_texts_beside_it_are_put_together(tmp_path, kind, prefix):
    if kind == "zip":
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in FILES.items():
                archive.writestr(prefix + name, text)
    else:
        path = tmp_path / "in"
        for name, text in FILES.items():
            (path / prefix / name).parent.mkdir(parents=True, exist_ok=True)
            (path / prefix / name).write_text(text)
    posts, rejects = told(path)
    assert posts == [
        ("My First Letter", "2022-01-02", "<p>First letter words here.</p>"),
        ("Letter, the second", "2022-01-04", "<p>Second &amp; last.</p>"),
    ]
    assert rejects == [
        ("102.draft", "not published"),
        ("103.about", "not a post"),
        ("104.talk", "not a post"),
        ("106.gone", "empty content"),
        ("107.unlisted", "not in posts.csv"),
    ]
    assert {file.why for file in list_inputs([str(path)]).skipped} == {"about an account"}


def test_a_change_in_a_text_beside_the_list_changes_the_unit(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts.csv").write_text(LIST)
    hashes = set()
    for words in ("One", "Two"):
        (tmp_path / "posts/101.first.html").write_text(words)
        (file,) = list_inputs([str(tmp_path)]).files
        hashes.add(file_sha256(file))
    assert len(hashes) == 2


def test_a_table_called_so_beside_other_pages_is_a_table(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.html").write_text("<p>Words</p>")
    (tmp_path / "posts.csv").write_text("id,content\n1,Tea\n")
    assert told(tmp_path)[0] == [("", "", "Tea"), ("a", "", "<p>Words</p>")]
