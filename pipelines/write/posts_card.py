"""Writes the dataset card of a dataset folder, by which Hugging Face `datasets` loads the folder as it lies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pipelines.write.card import card, size_category, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_UNDETERMINED: Final = "und"
_TABLES: Final = ("posts", "rejects", "duplicates")
_SHARD: Final = re.compile(r"shards/split=(?P<split>\w+)/bucket=(?P<bucket>\d+)/")


def posts_card(counts: Mapping[str, int], paths: Sequence[str], *, languages: Iterable[str]) -> str:
    """Returns the text of the card.

    Args:
        counts: the counts of the manifest.
        paths: the files that the manifest lists.
        languages: the ISO 639 codes of the posts.
    """
    header = {
        "language": sorted(set(languages) - {_UNDETERMINED}),
        "license": "unknown",
        "size_categories": [size_category(counts["posts"])],
        "task_categories": ["text-generation"],
        "configs": [*_table_configs(paths), *_shard_configs(paths)],
    }
    sections = {
        "Counts": table(("", "rows"), [(name.replace("_", " "), f"{count:,}") for name, count in counts.items()]),
        "Loading": _LOADING,
        "Licence": "That of the posts, which this card does not know: set `license` above before publishing.",
    }
    return card(header, title="Blog posts", about=_ABOUT, sections=sections)


def _table_configs(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the posts, rejects and duplicates, each as one split: a file of posts holds posts of all splits."""
    files = {name: sorted(path for path in paths if path.startswith(f"{name}/")) for name in _TABLES}
    return [
        {"config_name": name, "data_files": [{"split": name, "path": found}], "default": name == "posts"}
        for name, found in files.items()
        if found
    ]


def _shard_configs(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the shards of each bucket: their rows have one width, so buckets cannot be one table."""
    buckets: dict[int, dict[str, list[str]]] = {}
    for path in sorted(paths):
        if shard := _SHARD.match(path):
            buckets.setdefault(int(shard["bucket"]), {}).setdefault(shard["split"], []).append(path)
    return [
        {
            "config_name": f"segments-{bucket}",
            "data_files": [{"split": split, "path": found} for split, found in splits.items()],
        }
        for bucket, splits in sorted(buckets.items())
    ]


_ABOUT = """\
Blog posts, cleaned, deduplicated and cut into segments of piece ids by `blogvae prepare`. `MANIFEST.json` lists the
files with their SHA-256; other files beside them are not of this run. `stats.html` shows what was taken and why the
rest was not."""

_LOADING = """\
From within this folder, with Hugging Face `datasets`, which takes the files from the head of this card:

```python
from pathlib import Path

from datasets import load_dataset

folder = str(Path.cwd())
posts = load_dataset(folder, split="posts")
training = posts.filter(lambda post: post["split"] == "train")
```

`"rejects"` holds the rows that were not taken, with reasons. `"segments-N"` holds the segments of at most N pieces, in
the splits train, validation and test; a segment is in the smallest N that it fits."""
