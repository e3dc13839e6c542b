"""The Arrow columns in which posts and rejects are stored."""

from __future__ import annotations

import pyarrow as pa

BLOCK_TYPE = pa.struct([("kind", pa.string()), ("text", pa.string())])

METADATA_FIELDS = [
    pa.field("title", pa.string()),
    pa.field("author", pa.string()),
    pa.field("date", pa.string()),
    pa.field("category", pa.list_(pa.string())),
    pa.field("tags", pa.list_(pa.string())),
]

POSTS_SCHEMA = pa.schema(
    [
        pa.field("post_id", pa.string()),
        pa.field("source", pa.string()),
        *METADATA_FIELDS,
        pa.field("text", pa.string()),
        pa.field("language", pa.string()),
        pa.field("front_matter_error", pa.string()),
        pa.field("content_sha256", pa.string()),
        pa.field("split", pa.string()),
        pa.field("blocks", pa.list_(BLOCK_TYPE)),
        pa.field("content_kind", pa.string()),
        pa.field("charset", pa.string()),
    ]
)

REJECTS_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("position", pa.int64()),
        pa.field("post_id", pa.string()),
        pa.field("stage", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("excerpt", pa.string()),
    ]
)
