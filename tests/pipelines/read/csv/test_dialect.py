import pytest

from pipelines.read.csv.dialect import Dialect, excel_delimiter, sniff_dialect


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["id,title,content\n", "1,A,One; two; three\n"], ","),
        (["id;title, subtitle;content\n", "1;A;One, two\n"], ";"),
        (["1\tA\tOne, two, three\n", "2\tB\tFour\n", "3\tC\tFive, six\n"], "\t"),
        (["id|title|content\n", "1|A|One, two, three\n"], "|"),
        (["1,A,a|b,One\n", '2,B,c,"Two\n', "| x | y |\n", '"\n'], ","),
        (["id;content\n", "1;One, two, three;\n"], ";"),
        (["id;content;\n", '1;"A \\"";b"\n'], ";"),
        (["content\n", "One, two\n"], ","),
        (['id,"content\n', "1,One\n"], ","),
        ([], ","),
    ],
)
def test_the_delimiter_is_the_one_rows_agree_on(lines, delimiter):
    assert sniff_dialect(lines) == Dialect(delimiter=delimiter)


@pytest.mark.parametrize(
    ("lines", "dialect"),
    [
        (['1,"A \\"b, c\\" d"\n', '2,"B\\"\n', ', c"\n'], Dialect(delimiter=",", escapes=True)),
        (["1\tOne\\\n", "more\\\n", "2\tTwo\n"], Dialect(delimiter="\t", escapes=True, quotes=False)),
        (["id\tcontent\n", "1\tOne\\nmore\n", "2\tTwo\\n\n"], Dialect(delimiter="\t", escapes=True, quotes=False)),
        (['1,"C:\\new"\n', '2,"A ""\\""\n', 'b"\n'], Dialect(delimiter=",")),
        (["id\tcontent\n", "1\tOne\n", "2\tA \\n in code\n", "3\tThree\n"], Dialect(delimiter="\t")),
    ],
    ids=["MySQL quoted", "MySQL", "PostgreSQL", "Windows path", "code"],
)
def test_backslashes_escape_where_rows_agree_only_then_or_hold_most_line_breaks(lines, dialect):
    assert sniff_dialect(lines) == dialect


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("a\\nb", "a\ud80ab"),
        ("\\N", ""),
        ("a\\\tb", "a\tb"),
        ("a\\tb", "a\tb"),
        ("a\\\\nb", "a\\nb"),
        ("a\\\nb", "a\nb"),
    ],
)
def test_escapes_stand_for_what_databases_write_so(cell, value):
    dialect = Dialect(delimiter="\t", escapes=True, quotes=False)
    lines = dialect.text(f"1\t{cell}\n").splitlines(keepends=True)
    assert list(dialect.reader(lines)) == [["1", value]]


@pytest.mark.parametrize(
    ("line", "delimiter"), [("sep=;\r\n", ";"), ('"sep=\t"\n', "\t"), ("sep=;,\n", ""), ("separator;b\n", "")]
)
def test_excels_first_line_names_the_delimiter(line, delimiter):
    assert excel_delimiter(line) == delimiter
