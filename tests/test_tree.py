"""The tree as docs/architecture.md and CONTRIBUTING.md promise it."""

import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("tokenizer", "vae", "pipelines")


def files(*folders):
    return sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py"))


def test_no_file_has_more_than_400_lines():
    lengths = {path: path.read_text().count("\n") for path in files(*PACKAGES, "tests", "benchmarks", "examples")}
    assert [path for path, lines in lengths.items() if lines > 400] == []


def test_every_module_has_a_test_of_its_name_and_every_such_test_a_module():
    modules = {path.relative_to(REPOSITORY) for path in files(*PACKAGES) if not path.name.startswith("__")}
    tests = {path.relative_to(REPOSITORY / "tests") for path in files(*(f"tests/{name}" for name in PACKAGES))}
    tests = {path for path in tests if path.name.startswith("test_")}

    def is_of(test, module):
        return test.parent == module.parent and re.fullmatch(rf"test_{module.stem}(_\w+)?", test.stem)

    untested = {module for module in modules if not any(is_of(test, module) for test in tests)}
    assert sorted(map(str, untested)) == []
    assert sorted(str(test) for test in tests if not any(is_of(test, module) for module in modules)) == []


def test_every_room_of_the_map_is_there_and_every_room_is_on_the_map():
    told = re.search(r"## Rooms\n(.*?)\n## ", (REPOSITORY / "docs/architecture.md").read_text(), re.DOTALL)[1]
    package, rooms = "", set()
    for line in told.splitlines():
        if found := re.match(r"    (\w+)/", line):
            package = found[1]
            rooms.add(package)
        elif found := re.match(r"      (\w+)/ ", line):
            rooms.add(f"{package}/{found[1]}")
    there = {str(path.parent.relative_to(REPOSITORY)) for path in files(*PACKAGES)}
    assert {room for room in rooms if room.split("/")[0] in PACKAGES} == {room for room in there if room.count("/") < 2}


def test_nothing_is_named_in_the_docs_that_is_not_there():
    """Paths of modules, as `vae/latent/noise.py`, in docs and README."""
    pages = [*(REPOSITORY / "docs").glob("*.md"), REPOSITORY / "README.md"]
    named = {
        (page.name, path)
        for page in pages
        for path in re.findall(
            rf"`((?:{'|'.join(PACKAGES)}|tests|benchmarks)/[\w/]+\.(?:py|yaml|tsv))`", page.read_text()
        )
    }
    assert sorted(each for each in named if not (REPOSITORY / each[1]).exists()) == []


def test_a_commit_is_checked_by_the_commands_of_make_lint():
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)[1]
    assert [hook["entry"] for hook in hooks] == re.sub(
        r"^\t\$\(BIN\)/", ".venv/bin/", recipe, flags=re.MULTILINE
    ).splitlines()
