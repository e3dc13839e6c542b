"""What a site's generator keeps beside its settings is no post."""

import pytest
from listings import names, write_zip


@pytest.mark.parametrize(
    ("settings", "left_out", "kept"),
    [
        ("hugo.toml", ["public/a/index.html", "themes/t/README.md", "layouts/single.html"], "content/posts/a.md"),
        ("config.toml", ["templates/page.html", "static/old.html"], "content/a.md"),
        ("_config.yml", ["scaffolds/post.md", "public/index.html"], "source/_posts/a.md"),
        ("pelicanconf.py", ["output/a.html"], "content/a.md"),
        ("eleventy.config.js", ["_site/a/index.html", "_data/x.md"], "posts/a.md"),
        ("mkdocs.yml", ["site/index.html"], "docs/a.md"),
    ],
)
def test_a_generators_folders_are_left_out_in_folders_and_archives(settings, left_out, kept, tmp_path):
    for name in (settings, *left_out, kept):
        path = tmp_path / "in/blog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Words")
    assert names([tmp_path / "in"]) == [f"blog/{kept}"]
    write_zip(tmp_path / "a.zip", {f"blog/{name}": b"W" for name in (settings, *left_out, kept)})
    assert names([tmp_path / "a.zip"]) == [f"a.zip/blog/{kept}"]


def test_without_the_settings_such_a_folder_may_hold_posts(tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public/a.md").write_text("Words")
    assert names([tmp_path]) == ["public/a.md"]
    (tmp_path / "hugo.toml").write_text("")
    assert names([tmp_path / "public"]) == ["a.md"]
