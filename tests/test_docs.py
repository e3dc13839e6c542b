"""The documentation: every link leads somewhere, and every command that a page shows exists."""

import re
import shlex
from pathlib import Path

import pytest

from docs.site.pages import anchors, linked_files, links
from pipelines.cli import COMMANDS, command_named, main

REPOSITORY = Path(__file__).parents[1]
README = REPOSITORY / "README.md"
PAGES = [page for page in linked_files(README) if page.suffix == ".md"]


def test_every_page_is_linked_from_readme_or_from_what_it_links():
    pages = {*(REPOSITORY / "docs").glob("*.md"), *REPOSITORY.glob("*.md")}
    assert sorted(pages - set(PAGES)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_to_a_file_and_its_anchor(page):
    dead = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_links_and_anchors_of_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# Why, *then*?\n\n[a](b.md#c) ![p](p.png) [web](https://example.org) `[no](code.md)`\n\n    [no](code.md)\n\n"
        "| t |\n|---|\n| [d](#again) |\n\n## Again\n\n## Again\n"
    )
    assert links(page) == ["b.md#c", "p.png", "#again"]
    assert anchors(page) == {"why-then", "again", "again-1"}
    (tmp_path / "b.md").write_text("[back](page.md) [gone](gone.md)")
    assert linked_files(page) == sorted([page, tmp_path / "b.md"])


def test_ten_questions_of_newcomers_have_an_answer_that_says_where_more_stands():
    section = README.read_text(encoding="utf-8").partition("## Ten questions of newcomers\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 10
    for question, answer in rows:
        assert question.endswith("?")
        assert re.search(r"\]\([^)]+\)", answer), question


def test_readme_is_read_in_three_minutes():
    """At 250 words a minute; blocks of code, pictures and targets of links are not read word by word."""
    text = re.sub(r"^ {4}.*$|!\[.*?\]\(.*?\)|\]\(.*?\)", "", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(re.findall(r"\w+", text)) <= 750


def commands_shown():
    """The commands in the indented blocks of all pages, without `$`, comments and the `...` that stands for more."""
    shown = []
    for page in PAGES:
        text = re.sub(r"\\\n *", "", page.read_text(encoding="utf-8"))
        for line in re.findall(r"^ {4}(?:\$ )?(blogvae .*)$", text, re.MULTILINE):
            words = shlex.split(re.split(r" {3,}(?=[^-])", line)[0], comments=True)
            shown.append(pytest.param(words[1:], id=f"{page.name}: {' '.join(words)[:80]}"))
    return shown


@pytest.mark.parametrize("words", commands_shown())
def test_every_command_shown_has_these_flags(words, capsys):
    with pytest.raises(SystemExit) as done:
        main([words[0], "--help"])
    assert done.value.code == 0
    flags = set(re.findall(r"--[\w-]+", capsys.readouterr().out))
    assert words[0] in COMMANDS
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert not given - flags or command_named(words[0]).passes_flags
    assert given - flags <= BEAM


BEAM = {
    *("--runner", "--project", "--region", "--temp_location", "--setup_file", "--direct_num_workers"),
    *("--max_num_workers", "--sdk_container_image"),
    *("--direct_running_mode", "--job_endpoint", "--environment_type", "--environment_config"),
    "--no_wait_until_finish",
}
"""Flags that Beam reads."""
