import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.front_matter import parse_front_matter


def test_yaml_values_of_any_type_become_strings():
    fields, body = parse_front_matter(
        "---\n"
        "Title: 404\n"
        "date: 2014-05-15 22:00:48 -0400\n"
        "draft: no\n"
        "ratio: 1.10\n"
        "none: ~\n"
        "empty:\n"
        "tags: [a, 2, null, {name: b}, [nested]]\n"
        "author: {name: Jane Doe, url: x}\n"
        "text: >\n  two\n  lines\n"
        "custom: !thing x\n"
        "---\n"
        "Body\n"
    )
    assert fields == {
        "title": "404",
        "date": "2014-05-15 22:00:48 -0400",
        "draft": "no",
        "ratio": "1.10",
        "none": "",
        "empty": "",
        "tags": ["a", "2", "b"],
        "author": "Jane Doe",
        "text": "two lines",
        "custom": "x",
    }
    assert body == "Body\n"


def test_toml_values_become_strings_and_taxonomies_are_fields():
    assert parse_front_matter(
        "+++\ntitle = 'T'  # comment\ndate = 2023-12-05T10:00:00Z\ndraft = true\n"
        "[taxonomies]\ntags = ['a', 'b']\n+++\nBody"
    ) == (
        {
            "title": "T",
            "date": "2023-12-05T10:00:00+00:00",
            "draft": "true",
            "taxonomies": "",
            "tags": ["a", "b"],
        },
        "Body",
    )


def test_json_front_matter():
    assert parse_front_matter('{\n  "title": "T {x}",\n  "tags": ["a"],\n  "n": 1\n}\n\nBody') == (
        {"title": "T {x}", "tags": ["a"], "n": "1"},
        "\nBody",
    )
    assert parse_front_matter('{"title": "half \\ud800"}\nBody') == ({"title": "half ?"}, "Body")


@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", "\ufeff \n\t\n"])
@pytest.mark.parametrize("fence", ["---", "--- ", "---\t"])
def test_what_may_stand_before_and_after_the_fence(before, fence):
    assert parse_front_matter(f"{before}{fence}\ntitle: T\n{fence}\nBody") == ({"title": "T"}, "Body")


def test_comments_and_tabs():
    assert parse_front_matter("---\n# about\ntitle: T  # why\nauthor:\n\tname: Jane\n---\nBody") == (
        {"title": "T", "author": "Jane"},
        "Body",
    )


def test_the_last_of_two_fields_of_one_name_wins():
    assert parse_front_matter("---\ntitle: A\ntitle: B\n---\nBody") == ({"title": "B"}, "Body")
    assert parse_front_matter('{"title": "A", "title": "B"}\nBody') == ({"title": "B"}, "Body")


def test_an_end_of_document_closes_yaml_and_a_rule_in_the_body_is_body():
    assert parse_front_matter("---\ntitle: T\n...\nBody\n\n---\nmore") == ({"title": "T"}, "Body\n\n---\nmore")


@pytest.mark.parametrize("block", ["", "# only a comment\n"])
def test_empty_front_matter_is_left_out(block):
    assert parse_front_matter(f"---\n{block}---\nBody") == ({}, "Body")


@pytest.mark.parametrize(
    "front_matter",
    [
        "---\ntitle: A: B\n---\n",
        "---\ntitle: [open\n---\n",
        '---\ntitle: "open\ndate: 2023-12-05\n---\n',
        "---\n{{ x }}: y\ntitle: T\n---\n",
        "---\na: &a [*a]\n---\n",
        "+++\ntitle = 'A'\ntitle = 'B'\n+++\n",
        '+++\ntitle: "yaml"\n+++\n',
        '{\n  "title": "T",,\n}\n',
        "---\na: " + "[" * 200_000 + "\n---\n",
        "---\na: " + "- " * 1_500 + "x\n---\n",
        '{\n"a": ' + "[" * 200_000 + "\n}\n",
        "+++\na = " + "[" * 100_000 + "\n+++\n",
    ],
)
def test_broken_front_matter_leaves_the_body(front_matter):
    assert parse_front_matter(front_matter + "Body") == ({}, "Body")


@pytest.mark.parametrize(
    "text",
    [
        "---\nA paragraph between rules.\n---\nMore",
        "---\n- an item\n- another\n---\nMore",
        "---\nNever closed, this one",
        "{% include x %}\nBody",
        '{"a": 1} is how JSON looks',
        "{\n  not json\n}\nBody",
        "---- \nBody",
        "",
    ],
)
def test_a_text_without_front_matter_is_all_body(text):
    assert parse_front_matter(text) == ({}, text)


@given(st.text(st.sampled_from("-+.{}[]\"':#=&*!|>\n\t ab1\ufeff")))
def test_no_text_raises_and_the_body_is_an_end_of_it(text):
    fields, body = parse_front_matter(text)
    assert text.endswith(body)
    assert all(isinstance(value, str) or all(isinstance(item, str) for item in value) for value in fields.values())
