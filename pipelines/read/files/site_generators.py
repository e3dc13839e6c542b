"""Tells which folders hold the templates, themes and output of a site generator, by its settings file beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HUGO: Final = ("archetypes", "layouts", "public", "resources", "static", "themes")
_HEXO: Final = ("_site", "public", "scaffolds", "themes")
_ELEVENTY: Final = ("_data", "_site", "dist")
_BESIDE: Final = {
    **dict.fromkeys(("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"), _HUGO),
    "config.toml": (*_HUGO, "templates"),  # Hugo's before 0.110, and Zola's
    "_config.yml": _HEXO,  # Jekyll's, too
    **dict.fromkeys(
        (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts"),
        _ELEVENTY,
    ),
    "pelicanconf.py": ("output", "theme", "themes"),
    **dict.fromkeys(("gatsby-config.js", "gatsby-config.ts", "gatsby-config.mjs"), ("public", "static")),
    **dict.fromkeys(("astro.config.mjs", "astro.config.js", "astro.config.ts"), ("dist", "public")),
    **dict.fromkeys(("docusaurus.config.js", "docusaurus.config.ts"), ("build", "static")),
    "mkdocs.yml": ("site",),
    **dict.fromkeys(("next.config.js", "next.config.mjs", "next.config.ts"), ("out", "public")),
}
"""The folders by the name of the settings file, from the documentation of each generator (gohugo.io, getzola.org,
hexo.io, jekyllrb.com, 11ty.dev, docs.getpelican.com, gatsbyjs.com, docs.astro.build, docusaurus.io, mkdocs.org,
nextjs.org)."""


def generated_below(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders, such as `blog/public/`, below which everything is a generator's and nothing is a post."""
    begins = set()
    for path in paths:
        above, slash, name = path.rpartition("/")
        begins |= {f"{above}{slash}{folder}/" for folder in _BESIDE.get(name, ())}
    return tuple(sorted(begins))
