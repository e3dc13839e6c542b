from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_UNPUBLISHED: Final = frozenset(
    "draft drafts autodraft private pending pendingreview trash trashed softtrashed deleted future scheduled inherit"
    " unpublished notpublished hidden unlisted skip archived queued queue wip workinprogress inprogress notstarted todo"
    " false f no n off 0 00".split()
)
_YES: Final = frozenset("true t yes y on 1".split())
_NO: Final = frozenset("false f no n off 0".split())
_NO_POST: Final = re.compile(
    r"pages?|attachment|revision|navmenuitem|customcss|customizechangeset|oembedcache|userrequest|acffield(group)?"
    r"|wp(block|template|templatepart|globalstyles|navigation|fontfamily|fontface|cf7contactform)|elementorlibrary"
    r"|scheduledaction|product(variation)?|shop(order|coupon)|media|comment|feedback|podcasts?|podcastepisode|thread"
)
_GAPS = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 10)
def comparable(name: str) -> str:
    """The form in which names are compared: `Post Title`, `post-title` and `postTitle` are all `posttitle`."""
    return _GAPS.sub("", name.casefold())


def says_yes(value: str) -> bool:
    """Whether a value is one of the words for true in YAML 1.1, JSON and everyday use."""
    return comparable(value) in _YES


def says_no(value: str) -> bool:
    """Whether a value is one of the words for false in YAML 1.1, JSON and everyday use."""
    return comparable(value) in _NO


def is_published(status: str) -> bool:
    """Whether a status is neither a no nor that of a draft in WordPress, Ghost, Blogger, Substack, Tumblr or Notion."""
    return comparable(status) not in _UNPUBLISHED


def is_post(kind: str) -> bool:
    """Whether a type is none that WordPress, Ghost or Substack give to pages, media and the like."""
    return not _NO_POST.fullmatch(comparable(kind))
