from dataclasses import fields

from pipelines.posts.post import Block, Reject
from pipelines.posts.schemas import BLOCK_TYPE, POSTS_SCHEMA, REJECTS_SCHEMA


def test_a_reject_is_stored_with_all_its_fields():
    assert {field.name for field in fields(Reject)} == set(REJECTS_SCHEMA.names)


def test_a_block_is_stored_with_its_kind_and_text():
    assert tuple(field.name for field in BLOCK_TYPE) == Block._fields
    assert POSTS_SCHEMA.field("blocks").type.value_type == BLOCK_TYPE
