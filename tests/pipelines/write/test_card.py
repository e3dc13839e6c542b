import pytest
import yaml

from pipelines.write.card import card, size_category, table


def test_a_card_is_a_head_in_yaml_and_sections_in_markdown():
    text = card({"language": ["no"], "tags": []}, title="Posts", about="About.", sections={"One": "1", "Two": "2"})
    _, head, body = text.split("---\n")
    assert yaml.safe_load(head) == {"language": ["no"]}
    assert body == "\n# Posts\n\nAbout.\n\n## One\n\n1\n\n## Two\n\n2\n"


@pytest.mark.parametrize(
    ("rows", "category"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**9, "1B<n<10B")]
)
def test_the_size_category_follows_from_the_rows(rows, category):
    assert size_category(rows) == category


def test_bars_in_a_table_are_escaped():
    assert table(("name", "value"), [("words", "a|b")]) == "| name | value |\n| --- | --- |\n| words | a\\|b |"
