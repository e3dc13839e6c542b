import pytest

from pipelines.read.files.not_posts import about_accounts, why_no_post


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("posts/a.md", ""),
        ("a/.git/b.md", "hidden"),
        (".a.md", "hidden"),
        ("_drafts/a.md", "in _drafts"),
        ("a/node_modules/b.md", "in node_modules"),
        ("_layouts/a.html", "of a site's machinery"),
        ("vendor/bundle/a.md", "of a site's machinery"),
        ("vendor/a.md", ""),
        ("robots.txt", "of a site's machinery"),
        ("LICENSE.md", "of a site's machinery"),
    ],
)
def test_the_names_of_a_path_tell_why_it_is_no_post(path, why):
    assert why_no_post(path) == why


def test_what_medium_and_substack_write_of_accounts_is_no_post():
    paths = [
        *("medium/posts/a.html", "medium/profile/profile.html", "medium/README.html", "medium/claps/c.html"),
        *("posts.csv", "posts/1.a.html", "posts/1.a.opens.csv", "email_list.me.csv", "other/list.csv"),
    ]
    assert about_accounts(paths) == {
        *("medium/profile/profile.html", "medium/README.html", "medium/claps/c.html"),
        *("posts/1.a.opens.csv", "email_list.me.csv"),
    }


def test_a_profile_without_posts_beside_it_may_be_a_post():
    assert about_accounts(["profile/profile.html", "claps/a.html"]) == set()
