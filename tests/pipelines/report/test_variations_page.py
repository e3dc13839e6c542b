import base64
import gzip
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser

import pytest

from pipelines.augment.outcome import outcome
from pipelines.errors import UserError
from pipelines.report.variations_page import write_report


@pytest.fixture
def page(variations_folder, tmp_path):
    """Writes the folder and its report; gives the page's text."""

    def write():
        output = tmp_path / "out" / "report.html"
        write_report(variations=variations_folder.write(), output=str(output))
        return output.read_text(encoding="utf-8")

    return write


def data_of(page):
    packed = re.search(r'<script type="application/octet-stream" id="data">([\w+/=]+)</script>', page)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def posts_of(page):
    return {post["id"]: post for post in data_of(page)["posts"]}


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
            "Probability asked": "0.50",
            "Change measured": "8%",
            "strategy": "neighbour",
            "seed": "7",
        }.items()
    )


def test_the_page_opens_with_the_outcome_in_plain_sentences(variations_folder, page):
    assert f'</h1>\n  <p class="outcome">{outcome(variations_folder.metrics)}</p>' in page()


def test_rules_are_listed_by_how_many_candidates_they_rejected(variations_folder, page):
    variations_folder.metrics["rejected_by_rule"] = {"copy": 2, "drift": 1}
    rows = re.findall(r'<th scope="row"[^>]*>(\w+)</th><td class="number">(\d+)</td><td class="number">(\d+%)', page())

    assert rows == [("accepted", "5", "62%"), ("copy", "2", "25%"), ("drift", "1", "12%")]


def test_every_rule_has_its_histogram_with_its_threshold(page):
    text = page()

    assert re.findall(r"<h3>(\w+)</h3>", text) == ["copy", "drift", "length_ratio", "repetition"]
    assert re.findall(r">(at (?:least|most) [\d.]+)</text>", text) == [
        *("at least 0.03", "at most 0.65", "at least 0.6", "at most 1.6", "at most 0.2")
    ]
    assert "Histogram: drift" in text
    assert "8 candidates measured, median 0.085, 1 rejected" in text


def test_a_histogram_of_one_bar_is_folded_and_told_in_words(page):
    folded = re.findall(r'<details class="folded">\s*<summary><h3>(\w+)</h3> <span[^>]*>([^<]*)<', page())

    assert folded == [
        ("length_ratio", "all 8 at about 1, 0 rejected"),
        ("repetition", "one candidate at 0.41, 1 rejected"),
    ]


def test_a_rule_tells_what_it_keeps_where_the_pointer_rests(page):
    keeps = "Kept if the share of changed words is at least minimum: not a copy of the source."

    assert f'<tr><th scope="row" title="{keeps}">copy</th>' in page()


def test_the_page_names_its_sources(page):
    text = page()

    assert "Posts from <code>../dataset</code>, varied by <code>../model</code>." in text


def test_the_best_and_the_worst_come_first_if_scores_tell_them_apart(variations_folder, page):
    assert 'id="examples"' not in page()
    for place, row in enumerate(variations_folder.variations):
        row["scores"]["similarity"] = 0.9 + place / 100
    text = page()
    named = {each["example"] for post in data_of(text)["posts"] for each in post["candidates"]}

    assert named == {None, "best 1", "best 2", "best 3", "worst 1", "worst 2"}
    assert text.index('id="examples"') < text.index('id="read"')


def test_the_median_and_the_mean_change_are_told_apart(page):
    assert "beside what was asked: median 7.0%, mean 8.0%." in page()


def test_the_change_of_the_accepted_stands_beside_what_was_asked(page):
    chart = re.search(r'aria-label="Histogram: share of words changed".*?</svg>', page())[0]

    assert sum(map(int, re.findall(r": (\d+)</title>", chart))) == 5
    assert ">asked 0.3</text>" in chart


def test_a_post_holds_its_variations_then_its_rejects_then_why_there_are_no_more(variations_folder, page):
    posts = posts_of(page())
    orchard, lonely = posts["orchard"], posts["lonely"]

    assert [(each["outcome"], each["number"]) for each in orchard["candidates"]] == [
        *(("accepted", 1), ("accepted", 2), ("rejected", 3))
    ]
    assert [(each["outcome"], each["text"]) for each in lonely["candidates"]] == [
        ("rejected", "Nothing came of this one."),
        ("rejected", "<i>Everything</i> came of that other."),
        ("short", None),
    ]
    assert lonely["candidates"][2]["reason"] == "0 of 2 variations after 2 candidates"
    assert orchard["text"] == variations_folder.posts[0]["text"]
    assert (orchard["title"], orchard["author"], orchard["date"], orchard["categories"]) == (
        *("The orchard opens", "Mae Okafor", "2024-05-04", ["garden"]),
    )


def test_a_candidate_has_its_scores_in_the_order_of_the_rules_and_what_it_failed(page):
    data = data_of(page())
    [reject] = [each for post in data["posts"] for each in post["candidates"] if each["change"] == 0.7]

    assert [rule["name"] for rule in data["rules"]] == ["length_ratio", "repetition", "copy", "drift"]
    assert data["rules"][0] == {
        "name": "length_ratio",
        "keeps": "Kept if the number of words, divided by that of the source, lies within minimum and maximum.",
        "minimum": 0.6,
        "maximum": 1.6,
    }
    assert reject["scores"] == [1, None, 0.7, 0.7]
    assert reject["failed"] == [["drift", "0.7", "0.65"], ["sibling", "1", "0.97"]]
    assert reject["reason"] == "drift: 0.7 is beyond 0.65; sibling: 1 is beyond 0.97"


def test_a_candidate_has_its_edits_in_the_order_of_the_text(page):
    first, second, _ = posts_of(page())["orchard"]["candidates"]
    assert first["edits"] == [["oldest", "tallest", 0.8125], ["bears", "gives", 0.5]]
    assert second["edits"] == []


def test_a_folder_of_an_earlier_release_has_a_report_without_edits(variations_folder, page):
    variations_folder.has_edits, variations_folder.settings = False, {}
    html = page()
    assert {tuple(each["edits"]) for post in posts_of(html).values() for each in post["candidates"]} == {()}
    assert "Probability asked" not in html


def test_markup_in_a_post_is_no_markup_of_the_page(page):
    text = page()
    elements = Elements(text)

    assert elements.tags.count("script") == 2
    assert elements.tags.count("img") == 1
    assert "alert(" not in text
    assert "<script>alert(2)</script> claims" in {post["title"] for post in data_of(text)["posts"]}


def test_the_page_runs_its_own_script_and_no_other(page):
    text = page()
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'\"" in text
    assert not re.search(r"\son\w+=", text)


def test_the_page_needs_nothing_from_elsewhere(page):
    text = page()
    elements = Elements(text)

    assert all(address.startswith(("#", "data:image/png;base64,")) for address in elements.addresses)
    assert "link" not in elements.tags
    assert not re.search(r"@import|url\(|https?://|fetch\(", text)


def test_without_a_script_the_page_says_so(page):
    assert '<noscript><p class="missing">Candidates are shown by a script' in page()


def test_training_is_shown_with_what_each_measure_means(page):
    text = page()

    assert 'src="data:image/png;base64,iVBORw0KGgo' in text
    assert '<td class="number">-104.2</td>' in text
    assert "near 0 the decoder ignores it" in text


def test_two_runs_over_one_folder_give_the_same_bytes(page):
    assert page() == page()


def test_a_run_with_more_candidates_than_shown_says_which(variations_folder, page):
    variations_folder.metrics["candidates"] = 30_000

    assert "8 of 30,000 candidates are on this page" in " ".join(page().split())


def test_a_run_that_is_shown_whole_says_nothing_of_it(page):
    assert "are on this page" not in page()


def test_a_very_long_text_is_cut_and_known_to_be(variations_folder, page):
    variations_folder.posts[0]["text"] = "word " * 4000 + "overboard"
    orchard = posts_of(page())["orchard"]

    assert (orchard["cut"], len(orchard["text"]), "overboard" in orchard["text"]) == (True, 20_000, False)
    assert not any(candidate["cut"] for candidate in orchard["candidates"])


def test_a_run_that_accepted_nothing_has_a_report(variations_folder, page):
    variations_folder.variations = []
    variations_folder.metrics |= {"accepted": 0, "change_measured": None}

    assert "No variation was accepted." in page()


def test_a_run_that_rejected_nothing_has_a_report(variations_folder, page):
    variations_folder.rejects = []

    assert "Not measured on any candidate." in page()


def test_a_run_without_any_post_has_a_report(variations_folder, page):
    variations_folder.variations, variations_folder.rejects = [], []

    assert data_of(page())["posts"] == []


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
    assert {post["text"] for post in data_of(text)["posts"]} == {None}


def test_a_post_that_left_the_dataset_is_told_by_its_candidates(variations_folder, page):
    del variations_folder.posts[0]
    orchard = posts_of(page())["orchard"]

    assert (orchard["title"], orchard["text"], len(orchard["candidates"])) == ("Orchard", None, 3)


def test_without_its_model_the_page_names_what_is_missing(variations_folder, tmp_path):
    folder = variations_folder.write()
    shutil.rmtree(tmp_path / "model")
    write_report(variations=folder, output=str(tmp_path / "report.html"))

    assert "Not found in the model folder <code>../model</code>: curves.png, metrics.json." in (
        tmp_path / "report.html"
    ).read_text(encoding="utf-8")


def test_of_a_model_that_ships_the_page_names_its_card(variations_folder, tmp_path):
    variations_folder.inputs["model"] = "shipped://base-en"
    write_report(variations=variations_folder.write(), output=str(tmp_path / "report.html"))

    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<code>base-en</code> ships with blogvae without the record of its training. The model card" in text
    assert "Not found in the model folder" not in text


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

    with pytest.raises(UserError, match="taken cannot be written: "):
        write_report(variations=folder, output=str(output))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", "model", "taken", "variations"]
