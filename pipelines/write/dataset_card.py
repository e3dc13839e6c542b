"""Writes the dataset card of a variations folder in the format of the Hugging Face Hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.ask_store import ask_of_each
from pipelines.write.atomic import write_bytes
from pipelines.write.card import CARD, card, size_category, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNDETERMINED: Final = "und"
_COLUMNS: Final = {
    "variation_id": "`<post_id>~v<variant>`; of a reject `<post_id>~c<candidate>`",
    "post_id": "the post it was made from",
    "variant": "its number among the accepted of its post, from 1",
    "candidate": "its number among all that were made of its post",
    "text": "the whole post as varied, light Markdown",
    "title, author, date, category, tags, language": "those of the post",
    "strategy, seed, change_requested": "how it was made",
    "change_measured": "share of changed words, 0 to 1",
    "scores": "what each rule measured; null where it did not apply",
    "segments_changed": "segments that differ from the post's",
    "model_sha256": "the model that made it",
    "edits": "words `old` at place `start` of a segment, `new` instead, and the probability that people accept that",
}
_OF_REJECTS: Final = {
    "stage": "`candidate`, or `post` for a line that says why a post has fewer variations than asked",
    "rule, value, threshold, reason": "the rules that failed, ` | ` between them, and why (`; `)",
}


def write_card(output: str, manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> None:
    """Writes README.md of the variations folder `output` from its parts.

    Args:
        output: the variations folder.
        manifest: the `settings` and the `files` of its manifest.
        metrics: the content of its metrics.json.
    """
    paths = [f"{output}/{path}" for path in _paths(manifest, "part-")]
    parts = ask_of_each(_languages_and_labels, paths, remote="://" in output)
    languages = {language for of_part, _ in parts for language in of_part} - {_UNDETERMINED}
    labelled = any(of_part for _, of_part in parts)
    card = dataset_card(manifest, metrics, languages=sorted(languages), labelled=labelled)
    write_bytes(f"{output}/{CARD}", card.encode())


def _languages_and_labels(path: str) -> tuple[set[str], bool]:
    """Returns the languages of a part's variations, and whether any of them has a category."""
    with FileSystems.open(path) as file:
        posts = pq.ParquetFile(file).read(columns=["language", "category"], use_threads=False)
    labelled = pc.any(pc.greater(pc.list_value_length(posts["category"]), 0)).as_py()
    return set(filter(None, posts["language"].unique().to_pylist())), bool(labelled)


def dataset_card(
    manifest: Mapping[str, Any], metrics: Mapping[str, Any], *, languages: Sequence[str], labelled: bool
) -> str:
    """Returns the text of the card. The same folder gives the same text.

    Args:
        manifest: the manifest of the variations folder.
        metrics: the content of its metrics.json.
        languages: the ISO 639 codes of the variations.
        labelled: whether any post has a category, so that the variations can train a classifier.
    """
    settings = manifest["settings"]
    sections = {
        "Counts": table(
            ("", "rows"),
            [(name.replace("_", " "), f"{metrics[name]:,}") for name in ("posts", "candidates", "accepted", "rejected")]
            + [(f"rejected by {rule}", f"{count:,}") for rule, count in sorted(metrics["rejected_by_rule"].items())],
        ),
        "Settings": table(("setting", "value"), _settings(settings, metrics))
        + "\n\nRules that every variation passed, and how the best of a post were chosen (`selection`):\n\n"
        + table(("rule", "settings"), [(rule, _thresholds(limits)) for rule, limits in _rules(settings).items()]),
        "Columns": table(("column", "holds"), _COLUMNS.items())
        + "\n\n`rejects/` has the same columns, and\n\n"
        + table(("column", "holds"), _OF_REJECTS.items()),
        "Loading": _LOADING,
        "Limits": _LIMITS,
        "Licence": "That of the source posts, which this card does not know: set `license` above before publishing.",
    }
    header = _header(manifest, metrics, languages=languages, labelled=labelled)
    return card(header, title="Variations of posts", about=_ABOUT, sections=sections)


def _header(
    manifest: Mapping[str, Any], metrics: Mapping[str, Any], *, languages: Sequence[str], labelled: bool
) -> dict[str, Any]:
    tables = {"variations": _paths(manifest, "part-"), "rejects": _paths(manifest, "rejects/")}
    return {
        "language": list(languages),
        "license": "unknown",
        "language_creators": ["machine-generated"],
        "source_datasets": ["extended"],
        "size_categories": [size_category(metrics["accepted"])],
        "task_categories": ["text-classification"] if labelled else [],
        "tags": ["synthetic"],
        "configs": [
            {"config_name": name, "data_files": paths} | ({"default": True} if name == "variations" else {})
            for name, paths in tables.items()
            if paths
        ],
    }


def _paths(manifest: Mapping[str, Any], prefix: str) -> list[str]:
    return [file["path"] for file in manifest["files"] if file["path"].startswith(prefix)]


def _settings(settings: Mapping[str, Any], metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    measured = metrics["change_measured"]
    return [
        ("strategy", settings["strategy"]),
        ("share of words that may change", f"{metrics['change_requested']:.2f}"),
        ("share of words changed", "none accepted" if measured is None else f"{measured:.2f}"),
        *([("least probability of an edit", f"{settings['at_least']:.2f}")] if "at_least" in settings else []),
        ("variations of a post", f"{settings['per_post']}"),
        ("seed", f"{settings['seed']}"),
        ("model sha256", f"`{settings['model_sha256']}`"),
    ]


def _rules(settings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {rule: limits for rule, limits in sorted(settings["filters"].items()) if limits is not False}


def _thresholds(limits: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {json.dumps(limit, ensure_ascii=False, sort_keys=True)}"
        for name, limit in sorted(limits.items())
        if limit is not None
    )


_ABOUT = """\
Machine-made variations of blog posts, written by `blogvae augment`: a text VAE encodes each post and says what else
would stand in its places, a ranker learned from people's judgements weighs that, and rules judge what comes back.
Headings, code, tables, numbers and URLs are those of the posts.
`MANIFEST.json` lists the files with their SHA-256; other files beside them are not of this run."""

_LOADING = """\
From within this folder, with pandas:

```python
import json

import pandas as pd

listed = [file["path"] for file in json.load(open("MANIFEST.json"))["files"]]
parts = [path for path in listed if path.startswith("part-")]
variations = pd.concat(map(pd.read_parquet, parts), ignore_index=True)
```

with DuckDB:

```python
import duckdb

variations = duckdb.read_parquet(parts)
print(duckdb.sql("select language, count(*), avg(change_measured) from variations group by all"))
```

with Hugging Face `datasets`, which takes the files from the head of this card (`"rejects"` is the other table):

```python
from pathlib import Path

from datasets import load_dataset

variations = load_dataset(str(Path.cwd()), "variations", split="train")
```"""

_LIMITS = """\
No fact of a variation is checked: names and claims may differ from the post's, and what it says may be false. A
variation may resemble training texts other than its source. It says what its post says in other words at best, so it
is no independent sample: keep a post and its variations in one split, and measure on posts, not on variations."""
