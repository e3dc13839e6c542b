from pipelines.read.fields.record import find_named_fields


def test_columns_asked_for_come_before_usual_ones():
    names = ["id", "title", "text", "The name", "body"]
    assert find_named_fields(names, columns=None) == {"id": 0, "title": 1, "content": 4}
    assert find_named_fields(names, columns={"title": "the-NAME", "content": "3"}) == {
        "id": 0,
        "title": 3,
        "content": 2,
    }


def test_a_column_is_one_field():
    assert find_named_fields(["title", "body", "text"], columns={"title": "body"}) == {"title": 1, "content": 2}


def test_a_column_that_is_not_there_is_no_field():
    assert find_named_fields(["title"], columns={"content": "body", "date": "9"}) == {"title": 0}
