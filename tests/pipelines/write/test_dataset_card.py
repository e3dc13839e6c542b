import json
import re

import duckdb
import pytest
import yaml
from variations_parts import variation, write_parts

from pipelines.write.dataset_card import dataset_card, write_card

MANIFEST = {
    "files": [{"path": path} for path in ("part-0.parquet", "part-1.parquet", "rejects/part-0.parquet")],
    "settings": {
        "strategy": "neighbour",
        "at_least": 0.5,
        "per_post": 2,
        "seed": 7,
        "model_sha256": "ab" * 32,
        "filters": {"drift": {"minimum": None, "maximum": 0.65}, "pii": False, "banned_words": {"words": ["a|b"]}},
    },
}
METRICS = {
    "posts": 1200,
    "candidates": 3000,
    "accepted": 2400,
    "rejected": 600,
    "rejected_by_rule": {"drift": 500, "copy": 200},
    "change_requested": 0.3,
    "change_measured": 0.284,
}


@pytest.fixture
def folder(tmp_path):
    """A folder of three variations in two parts, one of them without a language, and their card."""
    rows = [variation(variant=number) for number in (1, 2)], [variation("tea", language="und")]
    written = write_parts(tmp_path / "variations", *rows)
    write_card(str(written), manifest_of(written), METRICS | {"accepted": 3})
    return written


def manifest_of(folder):
    return json.loads((folder / "MANIFEST.json").read_text()) | {"settings": MANIFEST["settings"]}


def card(**metrics):
    return dataset_card(MANIFEST, METRICS | metrics, languages=["de", "en"], labelled=True)


def header_of(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_the_header_has_the_fields_of_the_hub():
    assert header_of(card()) == {
        "language": ["de", "en"],
        "license": "unknown",
        "language_creators": ["machine-generated"],
        "source_datasets": ["extended"],
        "size_categories": ["1K<n<10K"],
        "task_categories": ["text-classification"],
        "tags": ["synthetic"],
        "configs": [
            {"config_name": "variations", "data_files": ["part-0.parquet", "part-1.parquet"], "default": True},
            {"config_name": "rejects", "data_files": ["rejects/part-0.parquet"]},
        ],
    }


def test_the_card_lists_counts_settings_and_rules():
    text = card()
    for line in (
        "| candidates | 3,000 |",
        "| rejected by drift | 500 |",
        "| share of words that may change | 0.30 |",
        "| least probability of an edit | 0.50 |",
        "| share of words changed | 0.28 |",
        f"| model sha256 | `{'ab' * 32}` |",
        "| drift | maximum 0.65 |",
        '| banned_words | words ["a\\|b"] |',
    ):
        assert line in text
    assert "pii" not in text


def test_settings_without_at_least_give_a_card_without_that_probability():
    settings = {name: value for name, value in MANIFEST["settings"].items() if name != "at_least"}
    assert "least probability" not in dataset_card(
        MANIFEST | {"settings": settings}, METRICS, languages=[], labelled=False
    )


def test_a_run_that_accepted_nothing_has_a_card():
    assert "| share of words changed | none accepted |" in card(accepted=0, change_measured=None)


def test_language_and_task_are_read_from_the_parts(folder):
    header = header_of((folder / "README.md").read_text())

    assert header["language"] == ["en"]
    assert header["task_categories"] == ["text-classification"]


def test_without_categories_the_card_names_no_task(tmp_path, folder):
    write_parts(folder, [variation(category=[], language="und")])
    write_card(str(folder), manifest_of(folder), METRICS)

    assert not {"language", "task_categories"} & set(header_of((folder / "README.md").read_text()))


def test_the_card_lists_the_columns_of_the_parts(folder):
    text = (folder / "README.md").read_text()
    table = re.search(r"## Columns\n\n(.*?)\n\n", text, re.DOTALL)[1]
    names = [name for row in table.split("\n")[2:] for name in row.split("|")[1].strip().split(", ")]

    assert names == [name for name, *_ in duckdb.read_parquet(str(folder / "part-0.parquet")).description]


def test_pandas_and_duckdb_load_the_variations_as_the_card_says(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    pandas, database, _ = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    names = {}
    exec(pandas, names)
    assert list(names["variations"]["post_id"]) == ["orchard", "orchard", "tea"]
    exec(database, names)
    assert "│ en" in capsys.readouterr().out


def test_datasets_loads_the_variations_as_the_card_says(folder, monkeypatch):
    pytest.importorskip("datasets", reason="Hugging Face datasets is not installed")
    monkeypatch.chdir(folder)
    names = {}
    exec(re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)[2], names)

    assert list(names["variations"]["variation_id"]) == ["orchard~v1", "orchard~v2", "tea~v1"]


def test_the_same_folder_gives_the_same_card(folder):
    before = (folder / "README.md").read_bytes()
    write_card(str(folder), manifest_of(folder), METRICS | {"accepted": 3})

    assert (folder / "README.md").read_bytes() == before
