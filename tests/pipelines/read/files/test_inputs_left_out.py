"""What of a folder is not taken as posts, and how that is told."""

import os

import pytest
from listings import names, write_zip

from pipelines.errors import UserError
from pipelines.read.files.inputs import list_inputs
from pipelines.read.reader import read_raw_posts


def test_names_that_are_no_utf8_are_told_with_their_bytes(tmp_path):
    for name in (b"caf\xe9.md", b"caf\xe8.md", b"good.md"):
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:  # noqa: PTH123 - Path takes no bytes
            file.write(b"Words")
    files = list_inputs([str(tmp_path)]).files
    assert [file.name for file in files] == ["caf\\xe8.md", "caf\\xe9.md", "good.md"]
    assert all(post.content == "Words" for file in files for post in read_raw_posts(file, columns=None))
    (tmp_path / "caf\\xe9.md").write_text("Words")
    assert len(set(names([tmp_path]))) == 4


def test_what_is_no_post_by_its_place_is_left_out_with_the_reason(tmp_path):
    for name in (
        *(".git/description.txt", ".obsidian/x.md", ".trash/old.md", ".hidden.md", "__MACOSX/a.md"),
        *("_drafts/d.md", "node_modules/pkg/README.md", "a/node_modules/b.md", "robots.txt", "sub/LICENSE.md"),
        *("vendor/bundle/x.md", "_layouts/post.html", "_posts/2020-01-01-a.md", "drafts.md", "vendor/y.md"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Words")
    kept = ["_posts/2020-01-01-a.md", "drafts.md", "vendor/y.md"]
    listing = list_inputs([str(tmp_path)])
    assert [file.name for file in listing.files] == kept
    assert len(listing.skipped) == 12
    assert {file.why for file in listing.skipped} == {
        *("hidden", "in _drafts", "in node_modules", "of a site's machinery")
    }
    write_zip(
        tmp_path / "all.zip",
        {str(path.relative_to(tmp_path)): b"W" for path in tmp_path.rglob("*") if path.is_file()},
    )
    listing = list_inputs([str(tmp_path / "all.zip")])
    assert [file.member for file in listing.files] == kept
    assert len(listing.skipped) == 12
    assert names([tmp_path / "robots.txt"]) == ["robots.txt"]
    assert names([tmp_path / "_drafts"]) == ["d.md"]


def test_links_that_are_not_followed_are_told(tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "real").mkdir()
    for name in ("in/b.md", "real/a.md"):
        (tmp_path / name).write_text("Words")
    (tmp_path / "in/linked").symlink_to(tmp_path / "real")
    (tmp_path / "in/deep/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in/c.md").symlink_to(tmp_path / "real/a.md")
    listing = list_inputs([str(tmp_path / "in")])
    assert [file.name for file in listing.files] == ["b.md", "c.md"]
    assert [(file.path.removeprefix(f"{tmp_path}/in/"), file.why) for file in listing.skipped] == [
        ("deep/loop", "linked folder"),
        ("gone.md", "link to nothing"),
        ("linked", "linked folder"),
    ]
    (tmp_path / "only").mkdir()
    (tmp_path / "only/linked").symlink_to(tmp_path / "real")
    with pytest.raises(UserError, match=r"only: nothing to read \(found: linked folder\)"):
        list_inputs([str(tmp_path / "only")])
    assert names([tmp_path / "in/linked"]) == ["a.md"]


MEDIUM = ("posts/2018-08-11_A-Title-1.html", "posts/draft_B-2.html", "profile/profile.html", "claps/claps-0001.html")


def test_what_medium_writes_of_an_account_is_no_post(tmp_path):
    write_zip(tmp_path / "medium.zip", {**dict.fromkeys(MEDIUM, b"x"), "README.html": b"x"})
    listing = list_inputs([str(tmp_path / "medium.zip")])
    assert [file.member for file in listing.files] == [*MEDIUM[:2]]
    assert {file.why for file in listing.skipped} == {"about an account"}
    for name in (*MEDIUM, "other/posts/a.html"):
        (tmp_path / "in/export" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in/export" / name).write_text("x")
    assert names([tmp_path / "in"]) == ["export/other/posts/a.html", *(f"export/{name}" for name in MEDIUM[:2])]
