import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from pipelines.errors import UserError
from pipelines.report.report import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def page(variations_folder, tmp_path):
    """Writes the folder and its report; gives the page's text."""

    def write():
        output = tmp_path / "out" / "report.html"
        write_report(variations=variations_folder.write(), output=str(output))
        return output.read_text(encoding="utf-8")

    return write


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in {"src", "href"}]

    def handle_data(self, data):
        self.text += data


def test_the_header_tells_the_figures_of_the_run(page):
    figures = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page()))

    assert (
        figures.items()
        >= {
            "Posts": "5",
            "Candidates": "8",
            "Accepted": "5",
            "Rejected": "3",
            "Change asked": "30%",
            "Change measured": "8%",
            "strategy": "neighbour",
            "seed": "7",
        }.items()
    )


def test_rules_are_listed_by_how_many_candidates_they_rejected(page):
    rows = re.findall(r'<th scope="row">(\w+)</th><td class="number">(\d+)</td><td class="number">(\d+%)', page())

    assert rows == [("accepted", "5", "62%"), ("copy", "2", "25%"), ("repetition", "1", "12%"), ("sibling", "1", "12%")]


def test_a_post_stands_beside_its_variations_in_their_order_with_the_changed_words_marked(page):
    text = page()

    assert "and forty <del>neighbours</del> came" in text
    assert "and forty <ins>people</ins> came" in text
    assert text.index("<ins>tallest</ins>") < text.index("<ins>people</ins>")


def test_markup_in_a_post_is_text_and_runs_nowhere(page):
    elements = Elements(page())

    assert "script" not in elements.tags
    assert elements.tags.count("img") == 1
    assert "Never paste <script>alert(1)</script> or" in elements.text
    assert "<script>alert(2)</script> claims" in elements.text
    assert "<i>Nothing</i>" in elements.text


def test_the_page_needs_nothing_from_elsewhere(page):
    text = page()
    elements = Elements(text)

    assert all(address.startswith(("#", "data:image/png;base64,")) for address in elements.addresses)
    assert "link" not in elements.tags
    assert not re.search(r"@import|url\(", text)


def test_an_emoji_made_of_several_characters_stays_whole(page):
    assert "Families 👩‍👩‍👧 are not" in page()


def test_a_post_without_variations_says_so_and_by_which_rules(page):
    text = page()

    assert "No variation of this post was accepted." in text
    assert "Rejected: copy 2, sibling 1." in text


def test_a_reject_lists_every_rule_it_failed(page):
    rows = re.findall(r'<th scope="row">(\w+)</th>\s*<td[^>]*>([\d.]+)</td>\s*<td[^>]*>([\d.]+)</td>', page())

    assert rows == [
        ("copy", "0.95", "0.9"),
        ("copy", "0.97", "0.9"),
        ("sibling", "1", "0.95"),
        ("repetition", "0.41", "0.2"),
    ]


def test_a_rejected_post_is_told_with_its_reason(variations_folder, page):
    variations_folder.rejects.append(
        variations_folder.rejects[0] | {"stage": "post", "reason": "nothing to vary", "rule": None, "value": None}
    )

    assert '<th scope="row">nothing to vary</th>' in page()


def test_training_is_shown_with_what_each_measure_means(page):
    text = page()

    assert 'src="data:image/png;base64,iVBORw0KGgo' in text
    assert '<td class="number">-104.2</td>' in text
    assert "near 0 the decoder ignores it" in text


def test_two_runs_over_one_folder_give_the_same_bytes(page):
    assert page() == page()


def test_at_most_fifty_posts_are_shown_and_the_rest_is_counted(variations_folder, page):
    first = variations_folder.variations[0]
    variations_folder.variations += [first | {"post_id": f"post-{number}"} for number in range(60)]
    variations_folder.metrics["posts"] = 65
    text = page()
    ids = {row["post_id"] for row in variations_folder.variations + variations_folder.rejects}
    expected = sorted(ids, key=lambda post_id: hashlib.sha256(post_id.encode()).digest())[:50]

    assert re.findall(r'<span dir="auto">([^<]*)</span></p>', text) == expected
    assert "50 posts shown, the first by SHA-256 of the post id; 15 more are in the folder's Parquet parts." in text


def test_at_most_five_variations_of_a_post_are_shown_and_the_rest_is_counted(variations_folder, page):
    first = variations_folder.variations[0]
    variations_folder.variations += [first | {"variant": variant} for variant in range(3, 10)]
    text = page()

    assert "Variation 5</h4>" in text
    assert "Variation 6</h4>" not in text
    assert "4 more variations of this post" in text


def test_a_very_long_post_is_cut_and_the_page_says_so(variations_folder, page):
    variations_folder.posts[0]["text"] = "word " * 3000 + "overboard"
    text = page()

    assert "Longer than shown: these are the first 3,000 words." in text
    assert "overboard" not in text


def test_at_most_a_hundred_rejects_are_shown_and_a_rare_rule_is_among_them(variations_folder, page):
    variations_folder.rejects[:0] = [variations_folder.rejects[0]] * 500
    text = page()

    assert text.count('<td class="excerpt"') == 100
    assert '<th scope="row">repetition</th>\n        <td class="number" data-label="value">0.41' in text


def test_a_run_that_accepted_nothing_has_a_report(variations_folder, page):
    variations_folder.variations = []
    variations_folder.metrics |= {"accepted": 0, "change_measured": None}

    assert page().count("Not measured on any accepted variation.") == 2


def test_a_run_that_rejected_nothing_has_a_report(variations_folder, page):
    variations_folder.rejects = []

    assert "Nothing was rejected." in page()


def test_leftovers_that_the_manifest_does_not_list_are_not_read(variations_folder, tmp_path):
    folder = variations_folder.write()
    (variations_folder.path / "part-99999.parquet").write_bytes(b"left by a crash")

    write_report(variations=folder, output=str(tmp_path / "report.html"))

    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("broken", ["MANIFEST.json", "posts/part-00000.parquet"])
def test_without_its_dataset_the_page_names_it_and_the_variations_stand_alone(variations_folder, tmp_path, broken):
    folder = variations_folder.write()
    (tmp_path / "dataset" / broken).unlink()
    write_report(variations=folder, output=str(tmp_path / "report.html"))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert "The posts themselves were not found in the dataset <code>../dataset</code>" in text
    assert "and forty people came to see it." in text


def test_a_post_that_left_the_dataset_is_named_in_its_place(variations_folder, page):
    del variations_folder.posts[0]

    assert page().count("This post is not in the dataset, so its variations stand alone.") == 1


def test_without_its_model_the_page_names_what_is_missing(variations_folder, tmp_path):
    folder = variations_folder.write()
    shutil.rmtree(tmp_path / "model")
    write_report(variations=folder, output=str(tmp_path / "report.html"))

    assert "Not found in the model folder <code>../model</code>: curves.png, metrics.json." in (
        tmp_path / "report.html"
    ).read_text(encoding="utf-8")


def test_variations_that_name_no_inputs_have_a_report(variations_folder, page):
    variations_folder.inputs = {}
    text = page()

    assert "The manifest of these variations names no model." in text
    assert "The posts themselves were not found, so variations stand alone." in text


def test_a_missing_folder_is_the_users_mistake(tmp_path):
    with pytest.raises(UserError, match=r"nowhere/MANIFEST.json: not found; .*blogvae augment"):
        write_report(variations=str(tmp_path / "nowhere"), output=str(tmp_path / "report.html"))

    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("MANIFEST.json", "{", "no JSON"),
        ("MANIFEST.json", "[]", "no JSON object"),
        ("MANIFEST.json", "{}", "lists no files"),
        ("MANIFEST.json", '{"format": "blogvae-dataset/1", "files": []}', "no blogvae-variations/1 folder"),
        ("metrics.json", '{"posts": 5}', "metrics.json lacks candidates"),
        ("part-00001.parquet", "PAR1", "unreadable as Parquet"),
    ],
)
def test_a_broken_file_is_named(variations_folder, tmp_path, file, content, message):
    folder = variations_folder.write()
    (variations_folder.path / file).write_text(content)

    with pytest.raises(UserError, match=message) as raised:
        write_report(variations=folder, output=str(tmp_path / "report.html"))

    assert file in str(raised.value) or folder in str(raised.value)


def test_a_listed_part_that_is_gone_is_named(variations_folder, tmp_path):
    folder = variations_folder.write()
    (variations_folder.path / "rejects" / "part-00000.parquet").unlink()

    with pytest.raises(UserError, match=r"rejects/part-00000\.parquet: listed in MANIFEST\.json and not there"):
        write_report(variations=folder, output=str(tmp_path / "report.html"))


def test_a_part_with_other_rows_than_listed_is_named(variations_folder, tmp_path):
    folder = variations_folder.write()
    manifest = json.loads((variations_folder.path / "MANIFEST.json").read_text())
    manifest["files"][0]["rows"] = 3
    (variations_folder.path / "MANIFEST.json").write_text(json.dumps(manifest))

    with pytest.raises(UserError, match=r"part-00000\.parquet: 2 rows where the manifest lists 3"):
        write_report(variations=folder, output=str(tmp_path / "report.html"))


def test_an_output_that_cannot_be_written_is_named_and_nothing_is_left_behind(variations_folder, tmp_path):
    folder = variations_folder.write()
    output = tmp_path / "taken"
    output.mkdir()

    with pytest.raises(UserError, match="taken: cannot be written"):
        write_report(variations=folder, output=str(output))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", "model", "taken", "variations"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page was not loaded in a browser")
def test_in_a_browser_the_page_shows_the_text_and_runs_no_script(page, tmp_path):
    page()
    browser = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            (tmp_path / "out" / "report.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    loaded = Elements(browser.stdout.decode())

    assert "script" not in loaded.tags
    assert "<title>Variations: 5 of 8 accepted</title>" in browser.stdout.decode()
    assert "Never paste <script>alert(1)</script> or" in loaded.text
    assert loaded.tags.count("ins") >= 5
