import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.clean.boilerplate import BOILERPLATE_POSTS_IN_UNIT
from pipelines.dataset import clean_units
from pipelines.dataset.staged_posts import content_sha256, receipt_path, staged_path
from pipelines.dedup.minhash import band_hashes
from pipelines.errors import FileError
from pipelines.read.files import source
from pipelines.write.atomic import read_json

pytestmark = pytest.mark.slow

ENGLISH = "The kettle sings in the kitchen, and the lamp goes out while we all read our letters."
GERMAN = "Der Kessel singt in der Küche, und die Lampe geht aus, während wir alle unsere Briefe lesen."
LINE = "Subscribe to our newsletter for more about kettles."


@pytest.fixture
def output(tmp_path):
    return str(tmp_path / "dataset")


def rows(output, unit, what="posts"):
    return pq.read_table(staged_path(output, unit.fingerprint, what)).to_pylist()


def receipt(output, unit):
    receipt = read_json(receipt_path(output, unit.fingerprint))
    assert receipt["counts"] == unit.counts
    return receipt | unit.counts


def test_a_staged_post_has_all_columns_that_later_steps_need(staged, output):
    front_matter = "title: A kettle\nauthor: Jane\ndate: 2023-12-05\ncategory: kitchen\ntags: [tea, water]"
    (unit,) = staged({"blog/a.md": f"---\n{front_matter}\n---\n\n## Tea\n\n{ENGLISH}\n"})
    (post,) = rows(output, unit)
    text = f"## Tea\n\n{ENGLISH}"
    assert post == {
        "post_id": "blog/a",
        "source": "blog/a.md",
        "title": "A kettle",
        "author": "Jane",
        "date": "2023-12-05",
        "category": ["kitchen"],
        "tags": ["tea", "water"],
        "language": "en",
        "front_matter_error": "",
        "content_sha256": content_sha256(text),
        "blocks": [{"kind": "heading", "text": "## Tea"}, {"kind": "paragraph", "text": ENGLISH}],
        "content_kind": "markdown",
        "charset": "",
        "position": 0,
        "bands": band_hashes([text])[0].tolist(),
    }


def test_an_error_in_front_matter_is_kept_beside_the_post(staged, output):
    (unit,) = staged({"a.md": f"---\ntitle: A: B\n---\n{ENGLISH}\n"})
    (post,) = rows(output, unit)
    assert post["front_matter_error"] == "line 2: mapping values are not allowed in this context"
    assert (post["title"], post["blocks"][0]["text"]) == ("A: B", ENGLISH)


def test_every_row_that_is_read_becomes_a_post_or_a_reject(staged, output):
    export = "id,content_html\n1,The lamp.\n2,\n3\n4,<p><br></p>\n"
    units = staged({"a.txt": ENGLISH, "b.txt": "", "posts.csv": export})
    assert [receipt(output, unit)["read"] for unit in units] == [2, 4]
    assert [(len(rows(output, unit)), len(rows(output, unit, "rejects"))) for unit in units] == [(1, 1), (1, 3)]
    assert [(row["position"], row["stage"], row["reason"]) for row in rows(output, units[1], "rejects")] == [
        (2, "read", "empty content"),
        (3, "read", "field count"),
        (4, "clean", "no text after cleaning"),
    ]


def test_posts_of_several_batches_keep_their_order(staged, output):
    export = "".join(f"{n},The kettle {n} sings.\n" for n in range(600))
    (unit,) = staged({"posts.csv": f"id,content\n{export}"})
    assert [row["post_id"] for row in rows(output, unit)] == [str(n) for n in range(600)]
    file = pq.ParquetFile(staged_path(output, unit.fingerprint, "posts"))
    assert [file.metadata.row_group(group).num_rows for group in range(3)] == [256, 256, 88]


def test_a_reject_of_another_language_names_its_code_its_confidence_and_the_accepted_languages(
    staged, output, settings
):
    texts = {"a.txt": ENGLISH, "b.txt": GERMAN, "c.txt": "12345 67890"}
    (unit,) = staged(texts, settings=replace(settings, languages=("en", "fr")))
    assert [(row["source"], row["language"]) for row in rows(output, unit)] == [("a.txt", "en"), ("c.txt", "und")]
    (german,) = rows(output, unit, "rejects")
    code, confidence = german.pop("value").split()
    assert code == "de"
    assert 0.8 < float(confidence) <= 1
    assert german == {
        "source": "b.txt",
        "position": 0,
        "post_id": "b",
        "stage": "language",
        "reason": "other language",
        "threshold": "en, fr 0.5",
        "excerpt": GERMAN,
    }


def test_without_a_language_filter_posts_of_all_languages_stay(staged, output):
    (unit,) = staged({"a.txt": ENGLISH, "b.txt": GERMAN})
    assert [row["language"] for row in rows(output, unit)] == ["en", "de"]


def test_a_post_dated_after_the_last_day_is_rejected_and_one_without_a_date_stays(staged, output, settings):
    texts = {f"{day}-a.txt": ENGLISH for day in ("2024-05-31", "2024-06-01")}
    (unit,) = staged({**texts, "undated.txt": ENGLISH}, replace(settings, until="2024-05-31"))
    assert [post["date"] for post in rows(output, unit)] == ["2024-05-31", ""]
    (reject,) = rows(output, unit, "rejects")
    facts = ("read", "not published yet", "2024-06-01", "2024-05-31")
    assert tuple(reject[name] for name in ("stage", "reason", "value", "threshold")) == facts


def test_personal_data_is_masked_in_title_text_blocks_and_rejects_and_counted(staged, output, settings):
    accepted = f"---\ntitle: Ask jane@kettle.example\n---\n{ENGLISH} Or john@kettle.example, from 93.184.216.34.\n"
    rejected = f"{GERMAN} Mail an erika@kessel.example.\n"
    (unit,) = staged(
        {"a.md": accepted, "b.txt": rejected}, settings=replace(settings, languages=("en",), mask_pii=True)
    )
    (post,), (reject,) = rows(output, unit), rows(output, unit, "rejects")
    text = f"{ENGLISH} Or [EMAIL], from [IP]."
    assert post["title"] == "Ask [EMAIL]"
    assert [block["text"] for block in post["blocks"]] == [text]
    assert post["content_sha256"] == content_sha256(text)
    assert reject["excerpt"] == f"{GERMAN} Mail an [EMAIL]."
    assert receipt(output, unit)["pii"] == {"EMAIL": 3, "IP": 1}


def test_personal_data_in_rows_that_cannot_be_read_is_masked(staged, output, settings):
    (unit,) = staged({"a.csv": "id,content\n1,A,jane@kettle.example\n2,B\n"}, settings=replace(settings, mask_pii=True))
    (reject,) = rows(output, unit, "rejects")
    assert (reject["reason"], reject["excerpt"]) == ("field count", "1,A,[EMAIL]")


def test_personal_data_stays_without_mask_pii(staged, output):
    (unit,) = staged({"a.txt": "Mail jane@kettle.example today."})
    assert rows(output, unit)[0]["blocks"][0]["text"] == "Mail jane@kettle.example today."
    assert receipt(output, unit)["pii"] == {}


def test_markup_and_entities_of_titles_become_plain_text(staged, output):
    (unit,) = staged({"a.md": f"---\ntitle: Tea &#8211; <em>and</em> cake\n---\n{ENGLISH}"})
    assert [row["title"] for row in rows(output, unit)] == ["Tea – and cake"]


def test_lines_that_posts_of_one_site_share_are_counted_by_site(staged):
    blog = {f"blog/{n}.txt": f"The {n}. kettle.\n\n{LINE}\n\n{LINE}" for n in range(BOILERPLATE_POSTS_IN_UNIT)}
    (unit,) = staged(blog | {"news/a.txt": f"Another site.\n\n{LINE}"})
    assert unit.posts_by_site == {"blog": BOILERPLATE_POSTS_IN_UNIT, "news": 1}
    assert unit.lines == [["blog", LINE, BOILERPLATE_POSTS_IN_UNIT]]


def test_an_export_is_a_site_of_its_own(staged):
    export = "".join(f'{n},"The {n}. kettle.\n\n{LINE}"\n' for n in range(3))
    (unit,) = staged({"deep/posts.csv": f"id,content\n{export}"})
    assert (unit.posts_by_site, unit.lines) == ({"deep/posts.csv": 3}, [["deep/posts.csv", LINE, 3]])


def test_a_unit_that_is_already_staged_is_not_written_again(staged, output):
    (before,) = staged({"a.txt": ENGLISH})
    path = staged_path(output, before.fingerprint, "posts")
    os.utime(path, (1, 1))
    assert staged({}) == [before]
    assert os.stat(path).st_mtime == 1  # noqa: PTH116 - Beam's paths are strings


def test_a_unit_without_a_receipt_is_staged_again_to_the_same_bytes(staged, output):
    (before,) = staged({"a.txt": ENGLISH, "b.txt": GERMAN})
    path = staged_path(output, before.fingerprint, "posts")
    with open(path, "r+b") as file:  # noqa: PTH123 - as above
        whole = file.read()
        file.truncate(20)
    os.unlink(receipt_path(output, before.fingerprint))  # noqa: PTH108 - as above
    assert staged({}) == [before]
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        assert file.read() == whole


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError("connection lost")])
def test_a_file_that_cannot_be_read_leaves_no_receipt_and_a_healthy_rerun_reads_it(staged, output, monkeypatch, error):
    original, opened = source.FileSystems.open, []

    def fail_the_second_time(path, *args, **options):
        opened.append(path)
        if len(opened) == 2:  # the first time, the planning of units hashes the file
            raise error
        return original(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(source.FileSystems, "open", fail_the_second_time)
        with pytest.raises(FileError, match=r"a\.txt cannot be read: .+; check the disk and your access to it"):
            staged({"a.txt": GERMAN})
    assert len(opened) == 2
    assert list(Path(output).rglob("*.json")) == []
    (unit,) = staged({})
    assert [post["blocks"][0]["text"] for post in rows(output, unit)] == [GERMAN]
    assert rows(output, unit, "rejects") == []


def test_a_bug_in_cleaning_fails_the_job_and_names_the_post(staged, output, monkeypatch):
    original = clean_units.clean

    def fail(content, kind):
        if "Küche" in content:
            raise KeyError("ours")
        return original(content, kind)

    monkeypatch.setattr(clean_units, "clean", fail)
    with pytest.raises(RuntimeError, match=r"^b\.txt#0 could not be cleaned \(KeyError: 'ours'\)$"):
        staged({"a.txt": ENGLISH, "b.txt": GERMAN})
    assert list(Path(output).rglob("*.json")) == []
