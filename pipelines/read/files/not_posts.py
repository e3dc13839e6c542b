"""Tells by the names of files and folders which files among posts are no posts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDDEN: Final = "hidden"
DRAFTS: Final = "in _drafts"
SITE_FILES: Final = "of a site's machinery"
ACCOUNT: Final = "about an account"

_FOLDERS: Final = {
    "node_modules": "in node_modules",
    "bower_components": "in bower_components",
    "__MACOSX": _HIDDEN,
    "__pycache__": _HIDDEN,
    "_drafts": DRAFTS,
    "_layouts": SITE_FILES,
    "_includes": SITE_FILES,
    "_sass": SITE_FILES,
    "_site": SITE_FILES,
    "archetypes": SITE_FILES,
    "site-packages": SITE_FILES,
}
"""Folders of Jekyll, Hugo, Hexo, npm and macOS that hold no published posts."""

_PAIRS: Final = frozenset({("vendor", "bundle"), ("vendor", "bundler"), ("vendor", "gems")})
_FILES: Final = frozenset(
    "robots.txt humans.txt ads.txt app-ads.txt security.txt llms.txt llms-full.txt requirements.txt cname.txt"
    " license.txt license.md licence.txt licence.md code_of_conduct.md contributing.md".split()
)
_MEDIUM: Final = frozenset(
    "profile bookmarks claps highlights interests ips lists sessions twitter blocks pubs-following users-following"
    " topics-following partner-program membership settings highlights-on-posts".split()
)
_SUBSTACK_LISTS: Final = (".opens.csv", ".delivers.csv")


def why_no_post(path: str) -> str:
    """Tells from a path below an input why the file is no post; '' if it may be one."""
    parts = path.split("/")
    name = parts[-1]
    for folder, next_one in pairwise(parts):
        if folder in _FOLDERS:
            return _FOLDERS[folder]
        if _is_hidden(folder):
            return _HIDDEN
        if (folder, next_one) in _PAIRS:
            return SITE_FILES
    if _is_hidden(name):
        return _HIDDEN
    return SITE_FILES if name.lower() in _FILES else ""


def about_accounts(paths: Iterable[str]) -> set[str]:
    """The paths of an export at which Medium or Substack write about the writer or the readers.

    Medium keeps posts in `posts/` beside `profile/`. Substack keeps a list `posts.csv` beside `posts/`; in that folder
    are also lists of who received and opened each post, and beside it are lists of e-mail addresses.
    """
    known = set(paths)
    found: set[str] = set()
    for path in known:
        root, _, name = path.rpartition("/")
        if name == "profile.html" and (root == "profile" or root.endswith("/profile")):
            above = root.removesuffix("profile")
            if any(each.startswith(f"{above}posts/") for each in known):
                found |= {each for each in known if each.startswith(above) and _is_of_medium(each.removeprefix(above))}
        if name == "posts.csv":
            above = f"{root}/" if root else ""
            beside = {each for each in known if each.startswith(above)}
            if any(each.startswith(f"{above}posts/") and each.endswith(".html") for each in beside):
                found |= {each for each in beside if _is_of_readers(each.removeprefix(above))}
    return found


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name not in {".", ".."}


def _is_of_medium(path: str) -> bool:
    return path.partition("/")[0] in _MEDIUM or path.lower() == "readme.html"


def _is_of_readers(path: str) -> bool:
    name = path.rpartition("/")[2]
    is_list = name.startswith(("email_list", "subscriber")) and name.endswith(".csv") and "/" not in path
    return is_list or (path.startswith("posts/") and name.endswith(_SUBSTACK_LISTS))
