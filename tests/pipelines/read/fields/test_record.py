import pytest

from pipelines.posts.post import RawPost, Reject
from pipelines.read.fields.record import find_fields, post_of


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            "ID,post_author,post_date,post_date_gmt,post_content,post_title,post_excerpt,post_status,comment_status,post_type",
            {"id": 0, "author": 1, "date": 2, "content": 4, "title": 5, "status": 7, "type": 9},
        ),
        (
            "ID,Title,Content,Excerpt,Date,Post Type,Permalink,Categories,Tags,Status,Author Username",
            {
                "id": 0,
                "title": 1,
                "content": 2,
                "date": 4,
                "type": 5,
                "category": 7,
                "tags": 8,
                "status": 9,
                "author": 10,
            },
        ),
        (
            "id,title,slug,mobiledoc,html,plaintext,feature_image,status,type,published_at,tags,authors",
            {"id": 0, "title": 1, "content": 4, "status": 7, "type": 8, "date": 9, "tags": 10, "author": 11},
        ),
        ("title,text,url,authors,timestamp,tags", {"title": 0, "content": 1, "author": 3, "date": 4, "tags": 5}),
        ("author,claps,reading_time,link,title,text", {"author": 0, "title": 4, "content": 5}),
        ("Title,Published,Labels,Content", {"title": 0, "date": 1, "status": 1, "tags": 2, "content": 3}),
        (
            "post_date,is_published,type,title,subtitle,body_html",
            {"date": 0, "status": 1, "type": 2, "title": 3, "content": 5},
        ),
        ("id,gender,age,topic,sign,date,text", {"author": 0, "category": 3, "date": 5, "content": 6}),
        ("id,age,body", {"id": 0, "content": 2}),
        ("postId,post_author,gender,sign,text", {"id": 0, "author": 1, "content": 4}),
        ("variation_id,post_id,variant,text,title", {"id": 0, "content": 3, "title": 4}),
        ("published,created_at,body", {"date": 1, "status": 0, "content": 2}),
        (" Post Title ,POST-CONTENT,publishedAt", {"title": 0, "content": 1, "date": 2}),
        ("name,wörter,", {}),
    ],
    ids=[
        *("WordPress", "WordPress plugin", "Ghost", "Medium", "Kaggle", "Blogger", "Substack", "Blog Authorship"),
        *("one word of writers", "writers with post ids", "variations", "published or not", "spelling", "unknown"),
    ],
)
def test_usual_columns_are_found(header, found):
    assert find_fields(header.split(",")) == found


def test_a_post_is_made_of_its_cells():
    cells = {"id": " 7 ", "title": "A  title", "author": "Jane|John", "date": "May 4, 2020", "tags": "x; y"}
    assert post_of({**cells, "content": " Words.\n"}, source="a.csv", position=3) == RawPost(
        source="a.csv",
        position=3,
        post_id="7",
        title="A title",
        author="Jane, John",
        date="2020-05-04",
        tags=("x", "y"),
        content=" Words.\n",
    )


def test_items_of_lists_stand_as_they_are():
    cells = {"content": "Words.", "author": ["Jane", "John"], "category": ["Men's, too", " "], "tags": ("a", "a")}
    post = post_of(cells, source="a.jsonl", position=1)
    assert (post.author, post.category, post.tags) == ("Jane, John", ("Men's, too",), ("a",))


@pytest.mark.parametrize("source", ["exports/blog.csv", "exports/blog.csv.gz"])
def test_a_post_without_id_is_named_by_file_and_position(source):
    assert post_of({"content": "Words."}, source=source, position=3).post_id == "exports/blog-3"


@pytest.mark.parametrize(
    ("cells", "reason", "value"),
    [
        ({"content": " \n"}, "empty content", ""),
        ({}, "empty content", ""),
        ({"content": "Words.", "status": " Draft "}, "not published", "Draft"),
        ({"content": "Words.", "type": "page", "status": "draft"}, "not a post", "page"),
    ],
)
def test_what_is_no_post_is_rejected_with_the_reason(cells, reason, value):
    assert post_of({**cells, "id": "7", "title": "A"}, source="a.csv", position=3) == Reject(
        source="a.csv", position=3, stage="read", reason=reason, post_id="7", value=value, excerpt="A"
    )


def test_published_may_be_a_date_or_a_yes_or_no():
    def read(value):
        return post_of({"content": "Words.", "date": value, "status": value}, source="a.csv", position=1)

    assert read("2023-12-05T10:00").date == "2023-12-05"
    assert read("true").date == ""
    assert read("False").reason == "not published"


@pytest.mark.parametrize("word", ["nan", "NaN", "None", "NULL", "null", "\\N", "NaT", "<NA>", "NA", "n/a", "nil"])
def test_words_for_nothing_are_nothing(word):
    cells = dict.fromkeys(("title", "author", "date", "category", "tags"), word)
    post = post_of({**cells, "content": "Words"}, source="a.csv", position=1)
    assert (post.title, post.author, post.date, post.category, post.tags) == ("", "", "", (), ())
    reject = post_of({**cells, "content": word}, source="a.csv", position=1)
    assert reject.reason == "empty content"


def test_a_person_called_nan_stays():
    assert post_of({"author": "Nan", "content": "Words"}, source="a.csv", position=1).author == "Nan"


@pytest.mark.parametrize(("draft", "reason"), [("true", "not published"), ("Yes", "not published"), ("false", None)])
def test_a_column_of_drafts(draft, reason):
    assert getattr(post_of({"draft": draft, "content": "W"}, source="a", position=1), "reason", None) == reason


def test_an_archived_row_is_rejected():
    post = post_of({"content": "Words.", "draft": "false", "archived": "true"}, source="a.csv", position=1)
    assert (post.reason, post.value) == ("not published", "archived")
