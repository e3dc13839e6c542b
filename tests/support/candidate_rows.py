"""Rows and tables of candidates for tests of what judges them."""

import pyarrow as pa

from pipelines.augment.candidate_tables import CANDIDATES_SCHEMA

OF_POST = {
    "author": "Jane",
    "date": "2023-12-05",
    "category": ["home"],
    "tags": ["lamp", "cat"],
    "language": "en",
    "strategy": "neighbour",
    "seed": 7,
    "change_requested": 0.3,
    "model_sha256": "abc",
}


def candidate(post_id, number, text, **scores):
    """A row of a candidate of which a fifth of the words changed, with these scores by rule."""
    return {
        "post_id": post_id,
        "candidate": number,
        "text": text,
        "title": f"Title {post_id}",
        **OF_POST,
        "change_measured": 0.2,
        "scores": scores,
        "segments_changed": 1,
        "edits": [{"segment": 0, "start": 1, "old": "cat", "new": "dog", "probability": 0.75}],
    }


def no_more(post_id, rule, reason):
    """The row that says why a post has no candidates, or no more."""
    return {"post_id": post_id, "title": f"Title {post_id}", **OF_POST, "rule": rule, "reason": reason}


def table_of(*rows):
    return pa.Table.from_pylist(list(rows), CANDIDATES_SCHEMA)
