"""The notices name what ships, with its licences."""

import csv
import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[1]
NOTICES = (REPOSITORY / "THIRD_PARTY.md").read_text()


def test_every_data_file_of_a_language_is_in_the_notices():
    data = REPOSITORY / "vae/language/data"
    files = {path.name for path in data.rglob("*") if path.suffix in {".gz", ".tsv", ".txt"}}
    assert sorted(name for name in files if name not in NOTICES) == []
    assert sorted(path.name for path in data.rglob("LICENSE-*") if path.name not in NOTICES) == []


def test_the_entries_by_licence_are_those_of_the_sources():
    with (REPOSITORY / "data/models/base-en/SOURCES.tsv").open() as file:
        sources = list(csv.DictReader(file, delimiter="\t"))
    counts = [int(count) for count in re.findall(r"^\| [^|]+ \| (\d+) \|$", NOTICES, re.MULTILINE)]
    assert sum(counts) == len(sources)
    assert f"{len(sources)} entries of the {len({row['source'] for row in sources})} sources" in NOTICES
    named = set(re.findall(r"[\w.-]+", NOTICES))
    licences = {re.split(r" \(| / | OR ", row["licence"])[0] for row in sources} - {"CC0-or-public-domain"}
    assert {each for each in licences if "ublic" not in each} <= named


def test_the_citation_has_what_its_format_asks_for():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    version = re.search(r'^version = "(.+)"', (REPOSITORY / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert (citation["cff-version"], str(citation["version"])) == ("1.2.0", version)
