import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset import merge_shards
from pipelines.dataset.pieces_writer import PiecesWriter, bucket_of, encoded_schema
from pipelines.write.parquet import parquet_part
from tokenizer.protobuf import field
from tokenizer.tokenizer import EOS, Tokenizer

SHORT, LONG = "The cat painted.", "Then the small dog cleaned the warm window and the bird counted letters."
WIDE = 66_000


@pytest.fixture
def write(tmp_path, tokenizer):
    """Returns a function that writes posts, given as lists of texts, and returns the writer and the row groups."""

    def run(*batches, unit="segment", max_len=16, tokenizer=tokenizer, splits=None):
        wide = tokenizer.vocab_size > 1 << 16
        with parquet_part(str(tmp_path), "a.parquet", encoded_schema(wide=wide), group_rows=1 << 20, files=[]) as file:
            pieces = PiecesWriter(file, tokenizer=tokenizer, max_len=max_len, unit=unit)
            number = 0
            for posts in batches:
                ids = [f"post {number + index}" for index in range(len(posts))]
                number += len(posts)
                conditions = {"category": np.arange(number - len(posts), number, dtype=np.uint16)}
                conditions["author"] = conditions["category"] + np.uint16(100)
                pieces.write(posts, post_ids=ids, splits=splits or ["train"] * len(posts), conditions=conditions)
            pieces.flush()
        file = pq.ParquetFile(tmp_path / "a.parquet")
        return pieces, [file.read_row_group(group) for group in range(file.num_row_groups)]

    return run


def all_rows(tables):
    return sorted(pa.concat_tables(tables).to_pylist(), key=lambda row: (row["post_id"], row["segment"]))


@pytest.mark.parametrize(
    ("length", "max_len", "bucket"),
    [(1, 64, 16), (16, 64, 16), (17, 64, 32), (64, 64, 64), (3, 10, 3), (4, 10, 6), (9, 10, 9), (10, 10, 10)],
)
def test_a_bucket_is_a_multiple_of_a_quarter_of_max_len_or_max_len(length, max_len, bucket):
    assert bucket_of(np.array([length]), max_len).tolist() == [bucket]


@given(st.integers(8, 65_535), st.lists(st.integers(1, 65_535)))
def test_a_row_fits_its_bucket_and_no_smaller_one(max_len, lengths):
    lengths = np.minimum(np.array(lengths, np.int64), max_len)
    buckets = bucket_of(lengths, max_len)
    width = -(-max_len // 4)
    assert (lengths <= buckets).all()
    assert (buckets - width < lengths).all()
    assert len(set(buckets.tolist())) <= 4


def test_every_row_ends_with_the_end_marker_which_length_counts(write, tokenizer):
    _, tables = write([[SHORT], [LONG]], max_len=64)
    assert [(row["input_ids"], row["length"]) for row in all_rows(tables)] == [
        ([*ids, EOS], len(ids) + 1) for ids in tokenizer.encode([SHORT, LONG])
    ]


def test_segments_are_numbered_within_their_post(write):
    _, tables = write([[SHORT, LONG, SHORT], []], [[LONG], [" ", SHORT]])
    rows = all_rows(tables)
    numbers = {post: [row["segment"] for row in rows if row["post_id"] == post] for post in ("post 0", "post 3")}
    assert len(numbers["post 0"]) > 3
    assert numbers["post 0"] == list(range(len(numbers["post 0"])))
    assert numbers["post 3"] == [0]
    assert {row["post_id"] for row in rows} == {"post 0", "post 2", "post 3"}


@pytest.mark.parametrize("unit", ["segment", "post"])
def test_every_row_has_the_condition_ids_of_its_post(write, unit):
    _, tables = write([[SHORT, LONG, SHORT], []], [[LONG], [" ", SHORT]], unit=unit)
    rows = all_rows(tables)
    assert {row["post_id"] for row in rows} == {"post 0", "post 2", "post 3"}
    for row in rows:
        number = int(row["post_id"].removeprefix("post "))
        assert (row["category"], row["author"]) == (number, number + 100)


def test_each_row_group_has_one_split_and_bucket_and_is_listed(write):
    posts = [[SHORT], [LONG], [SHORT], [SHORT]]
    pieces, tables = write(posts, max_len=64, splits=["train", "train", "test", "train"])
    assert pieces.groups == [("test", 16, 1), ("train", 16, 2), ("train", 32, 1)]
    assert [table.column("post_id").to_pylist() for table in tables] == [["post 2"], ["post 0", "post 3"], ["post 1"]]
    assert pieces.segment_pieces == {"00016": 3, "00032": 1}


def test_no_row_group_is_larger_than_one_of_a_shard(write, monkeypatch):
    monkeypatch.setattr(merge_shards, "SHARD_GROUP", 3)
    pieces, tables = write([[SHORT]] * 8, [[SHORT]] * 3, max_len=64)
    assert [len(table) for table in tables] == [3, 3, 3, 2]
    assert pieces.groups == [("train", 16, 3), ("train", 16, 3), ("train", 16, 3), ("train", 16, 2)]
    assert pa.concat_tables(tables).column("post_id").to_pylist() == [f"post {n}" for n in range(11)]


def test_with_unit_post_a_post_is_one_row_truncated_at_max_len(write, tokenizer):
    texts = [SHORT, LONG, LONG]
    whole = tokenizer.encode([" ".join(texts)])[0]
    pieces, tables = write([texts, [SHORT]], unit="post", max_len=32)
    first, second = all_rows(tables)
    assert (first["input_ids"], first["length"], first["segment"]) == ([*whole[:31], EOS], 32, 0)
    assert second["input_ids"] == [*tokenizer.encode([SHORT])[0], EOS]
    assert pieces.totals["pieces_truncated"] == len(whole) - 31
    assert pieces.totals["pieces"] == len(whole) + second["length"] - 1


def test_totals_count_words_characters_and_pieces(write, tokenizer):
    pieces, _ = write([[SHORT, "日"]], [[LONG]], max_len=64)
    ids = tokenizer.encode([SHORT, LONG, "日"])
    assert pieces.totals == {
        "words_varied": 3 + 13 + 1,
        "characters": sum(len(text.replace(" ", "")) for text in (SHORT, LONG, "日")),
        "characters_uncovered": 1,
        "pieces": sum(map(len, ids)),
        "pieces_unknown": 0,
        "pieces_truncated": 0,
        "pieces_of_words_too_long": 0,
        "words_too_long": 0,
    }


def test_a_word_too_long_for_a_segment_is_left_out_and_counted(write, tokenizer):
    word = "日本語" * 5
    pieces, tables = write([[f"{SHORT} {word} {SHORT}"]], max_len=16)
    ids = [*tokenizer.encode([SHORT])[0], EOS]
    assert [(row["input_ids"], row["segment"]) for row in all_rows(tables)] == [(ids, 0), (ids, 1)]
    assert pieces.totals["words_too_long"] == 1
    assert pieces.totals["pieces_of_words_too_long"] == len(tokenizer.encode([word])[0])


@pytest.mark.parametrize("unit", ["segment", "post"])
def test_posts_without_words_give_no_rows(write, unit):
    pieces, tables = write([[], [" "]], [], unit=unit)
    assert (pieces.groups, tables) == ([], [])


def word(number):
    return f"{chr(0x4E00 + number // 256)}{chr(0x4E00 + number % 256)}"


def test_a_vocabulary_beyond_16_bits_is_written_in_32_bits(write, tokenizer):
    added = (field(1, field(1, f"\u2581{word(n)}") + field(2, 0.0)) for n in range(WIDE))
    wide = Tokenizer(tokenizer.model + b"".join(added))
    _, (table,) = write([[word(WIDE - 1)]], tokenizer=wide)
    assert table.schema.field("input_ids").type == pa.list_(pa.int32())
    assert table.column("input_ids").to_pylist() == [[tokenizer.vocab_size + WIDE - 1, EOS]]


def test_a_smaller_vocabulary_is_written_in_16_bits(write):
    _, (table,) = write([[SHORT]])
    assert table.schema.field("input_ids").type == pa.list_(pa.uint16())
