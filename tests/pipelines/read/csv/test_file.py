import csv
import io
import re

import pytest
from dirty_tables import dirty_tables
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.posts.post import RawPost, Reject
from pipelines.read.csv import lines, records
from pipelines.read.csv.file import read_csv_file
from pipelines.read.csv.lines import RECORD_LIMIT


def read(data, *, columns=None, source="posts.csv"):
    data = data if isinstance(data, bytes) else data.encode()
    return list(read_csv_file(io.BytesIO(data), source=source, columns=columns))


def cells(results):
    return [(post.post_id, post.title, post.content) for post in results if isinstance(post, RawPost)]


def reasons(results):
    return [(reject.position, reject.reason) for reject in results if isinstance(reject, Reject)]


def test_a_row_becomes_a_post():
    assert read(
        "id,title,author,date,category,tags,content\n7, A  title ,Jane|John,2023-12-05 10:00,a|b,x; y,Words.\n"
    ) == [
        RawPost(
            source="posts.csv",
            position=1,
            post_id="7",
            content="Words.",
            title="A title",
            author="Jane, John",
            date="2023-12-05",
            category=("a", "b"),
            tags=("x", "y"),
        )
    ]


def test_a_space_before_a_quote_belongs_to_neither_cell():
    row = '1, "Blog Post 1", "John Doe", "This is the content of the first blog post."\n'
    columns = {"id": "1", "title": "2", "author": "3", "content": "4"}
    assert read(row, columns=columns) == [
        RawPost(
            source="posts.csv",
            position=1,
            post_id="1",
            title="Blog Post 1",
            author="John Doe",
            content="This is the content of the first blog post.",
        )
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_and_line_ends(delimiter, end):
    rows = [["id", "title", "content"], ["1", "A", "One, two; three"], ["2", "B", 'He said "no",\nthen left.']]
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter, lineterminator=end).writerows(rows)
    assert cells(read(table.getvalue())) == [tuple(rows[1]), tuple(rows[2])]


@pytest.mark.parametrize(("end", "inner"), [("\n", "\r"), ("\r\n", "\r"), ("\r", "\n")])
def test_a_break_that_ends_no_row_is_text_even_without_quotes(end, inner):
    results = read(end.join(["id,title,content", f"1,A,One{inner}more", f"2,B,Two{inner}{inner}b", "3,C,Three"]))
    assert cells(results) == [("1", "A", f"One{inner}more"), ("2", "B", f"Two{inner}{inner}b"), ("3", "C", "Three")]


def test_rows_of_mixed_line_ends():
    results = read("id,title,content\r\n1,A,One\n2,B,Two\r3,C,Three\r4,D,Four\r\n")
    assert cells(results) == [("1", "A", "One"), ("2", "B", "Two"), ("3", "C", "Three"), ("4", "D", "Four")]


def test_a_wordy_headerless_tab_separated_file_under_a_csv_name():
    rows = "1\tA, b, c\tOne, two, three, four, five\n2\tB\tSix\n3\tC\tSeven, eight\n"
    posts = read(rows, columns={"id": "1", "title": "2", "content": "3"})
    assert cells(posts) == [
        ("1", "A, b, c", "One, two, three, four, five"),
        ("2", "B", "Six"),
        ("3", "C", "Seven, eight"),
    ]


def test_a_headerless_file_of_short_cells_is_told_how_to_name_its_columns():
    with pytest.raises(UserError, match=r"posts.csv: no content column among 1, Blog Post 1.*--columns content=4"):
        read('1, "Blog Post 1", "Words."\n')


def test_a_headerless_file_of_posts_is_read_by_what_its_columns_hold():
    results = read('1, "Blog Post 1", "John Doe", "This is the content of the first blog post.\nIt has two lines."\n')
    assert [(post.position, post.post_id, post.title) for post in results] == [(1, "posts-1", "Blog Post 1")]
    assert results[0].content == "This is the content of the first blog post.\nIt has two lines."


def wp_posts(number, content, *, status="publish", kind="post", null="NULL"):
    date = "2020-01-01 10:00:00"
    return [
        *(str(number), "1", date, date, content, f"Title {number}", "", status, "open", "open", null),
        *("a-slug", "", "", date, date, "", "0", f"http://example.org/?p={number}", "0", kind, "", "0"),
    ]


ROWS_OF_WP_POSTS = [
    (1, 'He said "no",\nthen\t\\left.', {}),
    (2, "About us.", {"kind": "page"}),
    (3, "Soon.", {"status": "auto-draft"}),
    (4, "", {}),
]


def phpmyadmin(rows):
    table = io.StringIO()
    csv.writer(table, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return table.getvalue().replace('"NULL"', "NULL")


def mysql_quoted(rows):
    escaped = [[cell.replace("\\", "\\\\").replace('"', '\\"') for cell in row] for row in rows]
    return "".join(",".join(f'"{cell}"' if cell != "NULL" else "\\N" for cell in row) + "\n" for row in escaped)


def mysql_tab(rows):
    escaped = [[re.sub(r"([\\\t\n])", r"\\\1", cell) for cell in row] for row in rows]
    return "".join("\t".join(cell if cell != "NULL" else "\\N" for cell in row) + "\n" for row in escaped)


def postgresql_copy(rows):
    escaped = [[cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") for cell in row] for row in rows]
    return "".join("\t".join(cell if cell != "NULL" else "\\N" for cell in row) + "\n" for row in escaped)


@pytest.mark.parametrize("dump", [phpmyadmin, mysql_quoted, mysql_tab])
def test_a_dump_of_wordpress_posts_without_header(dump):
    results = read(dump([wp_posts(number, content, **more) for number, content, more in ROWS_OF_WP_POSTS]))
    assert cells(results) == [("1", "Title 1", 'He said "no",\nthen\t\\left.')]
    assert reasons(results) == [(2, "not a post"), (3, "not published"), (4, "empty content")]
    assert [reject.value for reject in results[1:]] == ["page", "auto-draft", ""]


def test_a_table_that_postgresql_copied_out():
    rows = [["id", "title", "content"], ["1", "NULL", '"One"\nand\tmore \\ less'], ["2", "B", "Two\nlines"]]
    assert cells(read(postgresql_copy(rows))) == [("1", "", '"One"\nand\tmore \\ less'), ("2", "B", "Two\nlines")]


def test_excels_line_of_the_delimiter_is_no_row():
    results = read("\ufeffsep=;\r\nid;title;content\r\n1;A, B, C;One\r\n")
    assert [(post.position, post.post_id, post.content) for post in results] == [(1, "1", "One")]


def test_writers_numbers_are_no_ids_of_posts():
    results = read(
        'id,gender,age,topic,sign,date,text\n7,male,15,Student,Leo,"14,May,2004",One\n7,male,15,Student,Leo,x,Two\n'
    )
    assert [(post.post_id, post.author, post.date) for post in results] == [
        ("posts-1", "7", "2004-05-14"),
        ("posts-2", "7", ""),
    ]


def test_substacks_list_of_posts_is_all_rejects():
    names = "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url"
    results = read(f"{names}\n1.a,2023-12-05,true,,newsletter,everyone,A,,\n2.b,,false,,newsletter,everyone,B,,\n")
    assert reasons(results) == [(1, "empty content"), (2, "not published")]


def test_a_delimiter_at_the_end_of_rows_or_of_the_header_is_forgiven():
    assert cells(read("id,title,content\n1,A,One,\n2,B,Two,,\n3,C,Three\n")) == [
        ("1", "A", "One"),
        ("2", "B", "Two"),
        ("3", "C", "Three"),
    ]
    assert cells(read("id,title,content,\n1,A,One,\n2,B,Two\n")) == [("1", "A", "One"), ("2", "B", "Two")]


def test_posts_without_an_id_are_named_by_file_and_row():
    posts = read("id,content\n,One\n9,Two\n,Three\n", source="exports/blog.csv")
    assert [post.post_id for post in posts] == ["exports/blog-1", "9", "exports/blog-3"]


def test_an_empty_content_is_rejected_with_its_id_and_title():
    assert read("id,title,content\n1,A, \n") == [
        Reject(source="posts.csv", position=1, stage="read", reason="empty content", post_id="1", excerpt="A")
    ]


@pytest.mark.parametrize(("row", "found"), [("1,A", "2"), ("1,A,One,more", "4")])
def test_another_number_of_fields_is_rejected(row, found):
    assert read(f"id,title,content\n{row}\n2,B,Two\n") == [
        Reject(
            source="posts.csv",
            position=1,
            stage="read",
            reason="field count",
            value=found,
            threshold="3",
            excerpt=row,
        ),
        RawPost(source="posts.csv", position=2, post_id="2", title="B", content="Two"),
    ]


def test_a_record_of_several_lines_and_too_many_fields_is_one_reject():
    results = read('id,title,content\n1,Hello, you,"One\n\ntwo\nthree"\n2,B,Two\n')
    assert reasons(results) == [(1, "field count")]
    assert cells(results) == [("2", "B", "Two")]


def test_blank_lines_are_no_records():
    results = read(" \n\nid;content\n\n1;One\n  \n\n2;Two\n\n")
    assert [(post.position, post.content) for post in results] == [(1, "One"), (2, "Two")]


def test_nul_bytes_are_left_out():
    assert cells(read(b"id,title,content\n1,A\0,O\0ne\n")) == [("1", "A", "One")]


def test_encodings_are_told_row_by_row():
    results = read(
        "id,title,content\n1,é,“One”\n".encode() + b"2,\xe9,\x93Two\x94\n3,C,bad \x81 byte\n" + "4,–,Four".encode()
    )
    assert cells(results) == [("1", "é", "“One”"), ("2", "é", "“Two”"), ("4", "–", "Four")]
    assert reasons(results) == [(3, "undecodable bytes")]
    assert results[2].excerpt == "3,C,bad \ufffd byte"


def test_utf16_exports_are_read():
    assert cells(read("id\ttitle\tcontent\n1\té\tOne\n".encode("utf-16"))) == [("1", "é", "One")]


def test_a_cell_of_a_million_characters():
    content = "word " * 200_000 + "end"
    assert cells(read(f'id,title,content\n1,A,"{content}"\n2,B,{content}\n')) == [
        ("1", "A", content),
        ("2", "B", content),
    ]


def test_a_record_beyond_the_limit_is_rejected_and_the_next_is_read():
    results = read(f"id,title,content\n1,A,{'x' * RECORD_LIMIT}\n2,B,Two\n")
    assert reasons(results) == [(1, "record too long")]
    assert cells(results) == [("2", "B", "Two")]


def test_quotes_amid_a_cell_are_forgiven_on_one_line():
    assert cells(read('id,title,content\n1,"A "b" c",One\n2,5" disk,Two\n3,"C" ,Three\n')) == [
        ("1", 'A b" c"', "One"),
        ("2", '5" disk', "Two"),
        ("3", "C", "Three"),
    ]


PLAIN = "{n},Title {n},Content {n}\n"
QUOTED = '{n},"Title {n}","Content, {n}"\n'
LAST_QUOTED = '{n},Title {n},"Content {n}"\n'
MULTILINE = '{n},Title {n},"\n<p>Content {n}</p>\n\n<p>""More""</p>\n"\n'
MIDDLE_MULTILINE = '{n},"\nTitle {n}\n",Content {n}\n'


@pytest.mark.parametrize("row", [PLAIN, QUOTED, LAST_QUOTED, MULTILINE])
@pytest.mark.parametrize("broken", ['4,Title 4,"Content 4\n', '4,"Title 4,Content 4\n', '"4,Title 4,Content 4\n'])
def test_an_unclosed_quote_costs_its_own_row_alone(row, broken):
    before, after = range(1, 4), range(5, 55)
    text = "".join(row.format(n=n) for n in before) + broken + "".join(row.format(n=n) for n in after)
    results = read("id,title,content\n" + text)
    assert [int(post.post_id) for post in results if isinstance(post, RawPost)] == [*before, *after]
    assert reasons(results) == [(4, "unclosed quote")]
    assert results[3].excerpt == broken.strip()


def test_the_other_lines_of_a_cell_left_open_are_no_posts():
    results = read('id,title,content\n1,A,One\n2,B,"Two\n\none, two, three\nend.\n' + '3,C,"Three\n3b"\n')
    assert cells(results) == [("1", "A", "One"), ("3", "C", "Three\n3b")]
    assert reasons(results) == [(2, "unclosed quote")]


def test_an_unclosed_quote_before_cells_of_several_lines_in_the_middle_costs_one_row_more_at_most():
    rows = [MIDDLE_MULTILINE.format(n=n) for n in range(1, 54)]
    results = read("id,title,content\n" + "".join(rows[:3]) + '54,"Title 54,Content 54\n' + "".join(rows[3:]))
    assert sum(isinstance(post, RawPost) for post in results) >= 52


def test_an_unclosed_quote_at_the_end_of_the_file():
    results = read('id,title,content\n1,A,One\n2,B,"Two')
    assert cells(results) == [("1", "A", "One")]
    assert reasons(results) == [(2, "unclosed quote")]


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(lines, "_CHUNK_BYTES", 100)
    for module in (lines, records):
        monkeypatch.setattr(module, "RECORD_LIMIT", 1000)


@pytest.mark.usefixtures("small_limit")
def test_an_unclosed_quote_in_a_file_longer_than_what_is_held():
    rows = "".join(PLAIN.format(n=n) for n in range(2, 400))
    results = read('id,title,content\n1,A,"One\n' + rows)
    assert reasons(results) == [(1, "unclosed quote")]
    assert [post.post_id for post in results[1:]] == [str(n) for n in range(2, 400)]


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("cell", ["x" * 2000, '"' + "x" * 2000, '"' + "x" * 2000 + '"', "x" * 2000 + '"'])
def test_a_line_beyond_the_limit_is_one_reject_whatever_its_quotes(cell):
    results = read(f'id,title,content\n1,A,One\n2,B,{cell}\n3,C,"Three\nlines"\n4,D,Four\n')
    assert cells(results) == [("1", "A", "One"), ("3", "C", "Three\nlines"), ("4", "D", "Four")]
    assert reasons(results) == [(2, "record too long")]


def test_breaks_of_both_kinds_in_a_record_that_is_broken():
    results = read('id,title,content\r1,A,"One\r6,T,x\n\r",\n\n3,C,Three\r4,D,Four\r')
    assert reasons(results)
    assert cells(results)[-1] == ("4", "D", "Four")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_one_reject(data):
    assert reasons(read(data)) == [(0, "empty file")]


def test_a_first_row_that_cannot_be_read_is_told():
    with pytest.raises(UserError, match=r"posts.csv: the first row cannot be read \(unclosed quote\); correct it"):
        read('id,"content\n1,One\n')


@given(dirty_tables())
def test_what_the_standard_reader_reads_from_the_clean_form_is_read_from_the_dirty_one(table):
    clean = list(csv.reader(io.StringIO(table.clean)))[1:]
    results = read(table.dirty)
    assert [(post.position, post.title, post.content) for post in results] == [
        (position, " ".join(title.split()), content) for position, (title, content) in enumerate(clean, start=1)
    ]


@given(st.lists(st.sampled_from(['"', ",", "\n", "\r\n", "a", "b c", '""', ',"', '",', "\x81", "1,T,C\n"])))
def test_every_record_of_any_text_is_one_post_or_reject_in_order(parts):
    results = read("id,title,content\n" + "".join(parts))
    assert [result.position for result in results] == list(range(1, len(results) + 1))


@given(st.lists(st.text(st.sampled_from("ab, ;1"), max_size=8)))
def test_every_unquoted_line_that_is_not_blank_is_one_post_or_reject(lines):
    results = read("id,title,content\n" + "".join(f"{line}\n" for line in lines))
    assert len(results) == sum(bool(line.strip()) for line in lines)
