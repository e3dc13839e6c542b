import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from variations_parts import variation, write_parts

from pipelines import cli
from pipelines.flags.folder import EXPORT_KINDS
from pipelines.read.csv.file import read_csv_file
from pipelines.read.fields.missing import known_text
from pipelines.read.jsonl_file import read_jsonl_file
from pipelines.read.text_file import read_text_file
from pipelines.write.variation_exports import write_exports

pytestmark = pytest.mark.slow

READ = {"csv": read_csv_file, "jsonl": read_jsonl_file}
LINE = (
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "))
    .map(str.strip)
    .filter(lambda x: known_text(x) == x)
)
LABELS = st.lists(LINE.filter(bool), max_size=3, unique=True)
ROWS = st.fixed_dictionaries(
    {
        "text": st.lists(LINE.filter(bool), min_size=1, max_size=3).map("\n\n".join),
        "title": LINE,
        "author": LINE.filter(lambda name: not set(name) & set("|[]")),
        "date": st.sampled_from(["", "2024-05-04"]),
        "category": LABELS,
        "tags": LABELS,
    }
)


def columns_of(post):
    return {
        "text": post.content,
        "title": post.title,
        "author": post.author,
        "date": post.date,
        "category": list(post.category),
        "tags": list(post.tags),
    }


@pytest.fixture
def export(tmp_path):
    """Returns a function that writes parts of these rows, exports them, and returns the path of the export."""

    def write(kind, *parts, guard_formulas=False):
        folder = write_parts(tmp_path / "variations", *parts)
        files = json.loads((folder / "MANIFEST.json").read_text())["files"]
        return Path(write_exports(str(folder), files, kind, guard_formulas=guard_formulas))

    return write


def bytes_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_csv_follows_rfc_4180_with_a_column_for_each_score(export):
    path = export("csv", [variation(text='She said "yes".\n\nTwice.', title="Orchard, garden")])

    assert path.parts[-3:] == ("variations", "exports", "variations.csv")
    assert path.read_bytes().decode() == (
        '"variation_id","post_id","variant","candidate","text","title","author","date","category","tags","language",'
        '"strategy","seed","change_requested","change_measured","score_drift","score_cycle","segments_changed",'
        '"model_sha256","edits"\r\n'
        '"orchard~v1","orchard",1,2,"She said ""yes"".\n\nTwice.","Orchard, garden","Mae Okafor","2024-05-04",'
        '"[""garden""]","[""apples"", ""autumn""]","en","neighbour",7,0.3,0.25,0.25,"",1,'
        f'"{"ab" * 32}","[{{""segment"": 0, ""start"": 2, ""old"": ""began"", ""new"": ""opened""}}]"\r\n'
    )


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_guard_formulas_puts_an_apostrophe_before_a_text_that_looks_like_a_formula(export, start):
    rows = {}
    for guard in (True, False):
        path = export("csv", [variation(text=start, title="1=1", seed=-7)], guard_formulas=guard)
        [rows[guard]] = csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))

    assert (rows[True]["text"], rows[True]["title"], rows[True]["seed"]) == (f"'{start}", "1=1", "-7")
    assert rows[False]["text"] == start


def test_each_line_of_json_lines_is_a_row(export):
    rows = [variation(text="Ein Äpfelchen 🌱\u2028", variant=number) for number in range(1, 6)]
    path = export("jsonl", rows[:3], [], rows[3:])

    assert [json.loads(line) for line in path.read_bytes().decode().strip("\n").split("\n")] == rows


def test_a_text_file_has_the_provenance_of_its_text_as_front_matter(export):
    assert bytes_below(export("txt", [variation(change_measured=0.123456)])) == {
        "garden/2024-05-04-the-orchard-opens~v1.txt": (
            b"---\ntitle: The orchard opens\nauthor: Mae Okafor\ndate: '2024-05-04'\ncategories:\n- garden\n"
            b"tags:\n- apples\n- autumn\nvariation_of: orchard\nchange: 0.1235\nmodel: %b\n---\n\n"
            b"The orchard opened on Saturday.\n" % (b"ab" * 32)
        )
    }


def test_a_post_without_a_title_keeps_the_heading_at_the_start_of_its_text(export):
    [data] = bytes_below(export("txt", [variation(title="", text="# Tea\n\nHot.")])).values()

    assert read_text_file(data, source="a.txt").content == "# Tea\n\nHot."


def test_posts_that_would_share_a_name_have_separate_files(export):
    names = bytes_below(export("txt", [variation("a"), variation("b"), variation("b", 2)]))

    assert sorted(name.rpartition("opens")[2] for name in names) == ["-3e23e816~v1.txt", "-3e23e816~v2.txt", "~v1.txt"]


def test_texts_of_an_earlier_run_are_removed(export):
    export("txt", [variation("a", title="Gone"), variation("b", title="Kept")])

    assert list(bytes_below(export("txt", [variation("b", title="Kept")]))) == ["garden/2024-05-04-kept~v1.txt"]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=st.lists(ROWS, min_size=1, max_size=3))
def test_prepare_reads_the_same_posts_from_a_table(export, kind, rows):
    with export(kind, [variation(**row) for row in rows]).open("rb") as stream:
        posts = list(READ[kind](stream, source=f"variations.{kind}", columns=None))

    assert [columns_of(post) for post in posts] == rows
    assert {post.post_id for post in posts} == {"orchard~v1"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(row=ROWS)
def test_prepare_reads_the_same_post_from_a_text_file(export, row):
    [(path, data)] = bytes_below(export("txt", [variation(**row)])).items()

    assert columns_of(read_text_file(data, source=path)) == row | {"title": row["title"] or "orchard"}


@pytest.mark.parametrize("kind", EXPORT_KINDS)
def test_the_same_variations_give_the_same_bytes(export, kind):
    first, second = (
        bytes_below(export(kind, [variation("a"), variation("b")], [variation("c")]).parent) for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize("kind", EXPORT_KINDS)
def test_a_run_that_accepted_nothing_gives_an_empty_export(export, kind):
    written = bytes_below(export(kind, []).parent)

    assert sum(len(data.splitlines()) for data in written.values()) == (kind == "csv")


def test_prepare_makes_the_same_texts_from_an_exported_folder(export, tmp_path):
    nouns = "kettle window lamp orchard train harbour garden letter ferry bakery".split()
    rows = [
        variation(
            noun, variant, title="", text=f"# The {noun}\n\nA {noun} stood there {variant} times.\n\n- one\n- two"
        )
        for noun in nouns
        for variant in (1, 2)
    ]
    flags = ["prepare", f"--input={export('txt', rows)}", f"--output={tmp_path / 'dataset'}", "--vocab-size=512"]

    assert cli.main([*flags, "--direct_num_workers=1"]) == 0
    posts = [row for part in (tmp_path / "dataset/posts").iterdir() for row in pq.read_table(part).to_pylist()]
    assert sorted(row["text"] for row in posts) == sorted(row["text"] for row in rows)
