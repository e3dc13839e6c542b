"""The site's pages: those of the repository, laid out for the builder, and a reference made of the code."""

import re
from dataclasses import fields

import pytest
import yaml

from docs.site.lay_out import REPOSITORY, lay_out
from docs.site.pages import links
from pipelines.cli import COMMANDS
from vae.models.configs import TEXT_FAMILIES
from vae.settings import ObjectiveSettings, TrainingSettings, presets


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "pages"
    (folder / "left").mkdir(parents=True)
    lay_out(folder)
    return folder


def pages_of(entry):
    """The pages of an entry of the navigation, which is a page or a section of entries."""
    if isinstance(entry, str):
        return [entry]
    return [page for part in (entry.values() if isinstance(entry, dict) else entry) for page in pages_of(part)]


def test_the_navigation_names_every_page_of_docs_and_no_page_that_is_missing(site):
    settings = re.sub(r"!!python\S+", "", (REPOSITORY / "mkdocs.yml").read_text())
    named = pages_of(yaml.safe_load(settings)["nav"])
    assert [page for page in named if not (site / page).is_file()] == []
    assert {str(page.relative_to(site)) for page in site.glob("docs/**/*.md")} - set(named) == set()
    assert not (site / "left").exists()


def test_every_link_leads_to_a_file_of_the_site(site):
    for page in site.rglob("*.md"):
        for link in links(page):
            assert (page.parent / link.partition("#")[0]).exists(), (page, link)


def test_the_flags_of_every_command(site):
    sections = (site / "docs/reference/commands.md").read_text().split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == list(COMMANDS)
    for name, section in zip(COMMANDS, sections, strict=True):
        assert f"usage: blogvae {name} " in section
    assert max(map(len, sections[0].partition("examples:")[0].splitlines())) <= 100


def test_every_preset_and_every_setting(site):
    page = (site / "docs/reference/settings.md").read_text()
    assert re.findall(r"^### (\S+)$", page, re.MULTILINE) == presets()
    for title, section in [
        ("training", TrainingSettings),
        *((f"family `{name}`", of) for name, of in TEXT_FAMILIES.items()),
    ]:
        table = page.partition(f"{title}\n\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [field.name for field in fields(section)]
    assert "| `warmup_steps` | `100` | whole number, at least 0 | steps over which the learning rate grows. |" in page
    assert "| `labels` | none | a list: `category`, `author` |" in page
    assert "| `free_bits_over` | `dimension` | `dimension`, `slot` |" in page
    assert "| `encoder` | `256` | a list: whole number, at least 1 |" in page
    assert "| `skip` | `true` | `true`, `false` |" in page
    assert ObjectiveSettings.__doc__.splitlines()[0] in page
