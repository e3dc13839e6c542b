import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.front_matter import FrontMatter, parse_front_matter


def parse(text):
    front_matter = parse_front_matter(text)
    assert not front_matter.error
    return front_matter.fields, front_matter.body


def test_yaml_values_of_any_type_become_strings():
    fields, body = parse(
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
        "tags": ["a", "2", "b", "nested"],
        "author": "Jane Doe",
        "text": "two lines",
        "custom": "x",
    }
    assert body == "Body\n"


def test_toml_values_become_strings_and_taxonomies_are_fields():
    assert parse(
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
    assert parse('{\n  "title": "T {x}",\n  "tags": ["a"],\n  "n": 1\n}\n\nBody') == (
        {"title": "T {x}", "tags": ["a"], "n": "1"},
        "\nBody",
    )
    assert parse('{"title": "half \\ud800"}\nBody') == ({"title": "half ?"}, "Body")


@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", "\ufeff \n\t\n"])
@pytest.mark.parametrize("fence", ["---", "--- ", "---\t"])
def test_what_may_stand_before_and_after_the_fence(before, fence):
    assert parse(f"{before}{fence}\ntitle: T\n{fence}\nBody") == ({"title": "T"}, "Body")


def test_comments_and_tabs():
    assert parse("---\n# about\ntitle: T  # why\nauthor:\n\tname: Jane\n---\nBody") == (
        {"title": "T", "author": "Jane"},
        "Body",
    )


def test_the_last_of_two_fields_of_one_name_wins():
    assert parse("---\ntitle: A\ntitle: B\n---\nBody") == ({"title": "B"}, "Body")
    assert parse('{"title": "A", "title": "B"}\nBody') == ({"title": "B"}, "Body")


def test_an_end_of_document_closes_yaml_and_a_rule_in_the_body_is_body():
    assert parse("---\ntitle: T\n...\nBody\n\n---\nmore") == ({"title": "T"}, "Body\n\n---\nmore")


@pytest.mark.parametrize("block", ["", "# only a comment\n"])
def test_empty_front_matter_is_left_out(block):
    assert parse(f"---\n{block}---\nBody") == ({}, "Body")


def test_tags_of_any_type_are_left_aside():
    fields, _ = parse("---\ntitle: !ruby/string T\nauthor: !person {name: Jane}\ntags: !set [a, b]\n---\nBody")
    assert fields == {"title": "T", "author": "Jane", "tags": ["a", "b"]}


def test_dates_of_toml_are_written_out():
    fields, _ = parse("+++\nday = 2023-12-05\ntime = 10:00:00\n+++\nBody")
    assert fields == {"day": "2023-12-05", "time": "10:00:00"}


def test_authors_of_any_shape():
    fields, _ = parse("---\na: [Jane, {name: John}]\nb:\n- login: jd\n  url: x\nc: {display_name: Jane Doe}\n---\n")
    assert fields == {"a": ["Jane", "John"], "b": ["jd"], "c": "Jane Doe"}


@pytest.mark.parametrize(
    ("front_matter", "error", "fields"),
    [
        (
            "---\ntitle: A: B\ndate: 2023-12-05\n---\n",
            "line 2: mapping values are not allowed in this context",
            {"title": "A: B", "date": "2023-12-05"},
        ),
        (
            "\ufeff\n---\ndate: 2023-12-05  # day\ntitle: [open\n---\n",
            "line 5: did not find expected ',' or ']'",
            {"date": "2023-12-05"},
        ),
        (
            '---\ntitle: "open\ndate: 2023-12-05\n---\n',
            "line 4: found unexpected end of stream",
            {"date": "2023-12-05"},
        ),
        ("---\n{{ x }}: y\ntitle: T\n---\n", "line 2: found unhashable key", {"title": "T"}),
        ("---\na: &a [*a]\n---\n", "alias a is within itself", {}),
        (
            "---\ntitle: A: B\nauthor:\n  name: Jane\n  title: Dr\n---\n",
            "line 2: mapping values are not allowed in this context",
            {"title": "A: B"},
        ),
        ("+++\nn = 1\ntitle = 'A'\ntitle = 'B'\n+++\n", "line 4: Cannot overwrite a value", {"n": "1", "title": "B"}),
        ('+++\ntitle: "yaml"\n+++\n', "line 2: Expected '=' after a key in a key/value pair", {"title": "yaml"}),
        (
            '{\n  "title": "T",,\n  "seo": {\n    "title": "U"\n  }\n}\n',
            "line 2: Expecting property name enclosed in double quotes",
            {"title": "T"},
        ),
        ("---\na: " + "[" * 200_000 + "\n---\n", "longer than 65536 characters", {}),
        ("---\na: " + "- " * 1_500 + "x\n---\n", "nested more than 1000 times", {}),
        ('{\n"a": ' + "[" * 200_000 + "\n}\n", "nested too deep", {}),
        ("+++\na = " + "[" * 100_000 + "\n+++\n", "nested too deep", {}),
    ],
)
def test_broken_front_matter_is_told_and_leaves_the_body_and_what_is_simple(front_matter, error, fields):
    assert parse_front_matter(front_matter + "Body") == FrontMatter(body="Body", fields=fields, error=error)


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
    assert parse_front_matter(text) == FrontMatter(body=text)


@given(st.text(st.sampled_from("-+.{}[]\"':#=&*!|>\n\t ab1\ufeff")))
def test_no_text_raises_and_the_body_is_an_end_of_it(text):
    front_matter = parse_front_matter(text)
    assert text.endswith(front_matter.body)
    assert "\n" not in front_matter.error
    assert all(
        isinstance(value, str) or all(isinstance(item, str) for item in value) for value in front_matter.fields.values()
    )


def bomb(levels, width):
    lines = [f"a0: &a0 [{', '.join(['lol'] * width)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "---\ntitle: t\n" + "\n".join(lines) + "\n---\nBody."


@pytest.mark.parametrize(
    "text",
    [
        bomb(10, 9),
        bomb(40, 2),
        "---\ntitle: t\na: &a [*a, *a]\n---\nBody.",
        "---\ntitle: t\na: &a {b: &b {c: *a}}\n---\nBody.",
        "---\ntitle: t\nx: [[[[[[[[[[" + "[" * 900 + "]" * 900 + "]]]]]]]]]]\n---\nBody.",
    ],
)
def test_aliases_in_aliases_are_an_error_at_once(text):
    begun = time.process_time()
    found = parse_front_matter(text)
    assert time.process_time() - begun < 1
    assert (found.body, found.fields.get("title")) == ("Body.", "t")
    assert found.error


def test_aliases_that_people_write_are_followed():
    found = parse_front_matter("---\ntags: &t [a, b]\ncategories: *t\n---\nBody.")
    assert (found.fields["categories"], found.error) == (["a", "b"], "")
