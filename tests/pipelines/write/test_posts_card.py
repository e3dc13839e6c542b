import yaml

from pipelines.write.posts_card import posts_card

COUNTS = {"rows_read": 1300, "posts": 1200, "rejects": 100, "segments": 4000}
PATHS = [
    "posts/part-b.parquet",
    "posts/part-a.parquet",
    "rejects/part-a.parquet",
    "shards/split=train/bucket=128/part-a.parquet",
    "shards/split=train/bucket=64/part-b.parquet",
    "shards/split=test/bucket=64/part-a.parquet",
]


def header_of(paths, languages=("en", "und", "de")):
    return yaml.safe_load(posts_card(COUNTS, paths, languages=languages).split("---\n")[1])


def test_the_head_names_every_table_with_its_files():
    header = header_of(PATHS)
    assert header.pop("configs") == [
        {
            "config_name": "posts",
            "data_files": [{"split": "posts", "path": ["posts/part-a.parquet", "posts/part-b.parquet"]}],
            "default": True,
        },
        {
            "config_name": "rejects",
            "data_files": [{"split": "rejects", "path": ["rejects/part-a.parquet"]}],
            "default": False,
        },
        {
            "config_name": "segments-64",
            "data_files": [
                {"split": "test", "path": ["shards/split=test/bucket=64/part-a.parquet"]},
                {"split": "train", "path": ["shards/split=train/bucket=64/part-b.parquet"]},
            ],
        },
        {
            "config_name": "segments-128",
            "data_files": [{"split": "train", "path": ["shards/split=train/bucket=128/part-a.parquet"]}],
        },
    ]
    assert header == {
        "language": ["de", "en"],
        "license": "unknown",
        "size_categories": ["1K<n<10K"],
        "task_categories": ["text-generation"],
    }


def test_posts_of_no_known_language_have_a_card_without_languages():
    assert "language" not in header_of(PATHS, languages=["und"])


def test_the_card_lists_the_counts():
    assert "| rows read | 1,300 |" in posts_card(COUNTS, PATHS, languages=())
