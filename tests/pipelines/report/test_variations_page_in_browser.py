"""The report as a browser shows it: a script of the test clicks and types, and leaves what it saw in the page."""

import html
import json
import re
from random import Random

import pytest
from browser import DARK, FITS, LIGHT, NARROW, PAPER, WIDE, answer_of, dom_of, needs_chromium
from markupsafe import Markup

from pipelines.report.differences import compared_passages
from pipelines.report.variations_page import write_report

TOOLS = """
  const at = (selector) => document.querySelector(selector);
  const settled = () => new Promise((done) => setTimeout(done, 300));
  const options = () => [...document.querySelectorAll("[role=option]")];
  const labels = () => options().map((option) => option.lastChild.textContent);
  const chosen = () => at("[aria-selected=true]")?.lastChild.textContent;
  const filter = async (values) => {
    for (const [name, value] of Object.entries(values)) at(`#filters [name=${name}]`).value = value;
    at("#filters").dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
  };
  const press = (key) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
"""

pytestmark = needs_chromium


@pytest.fixture
def seen(variations_folder, tmp_path):
    """Writes the report, runs a script's body in it, and gives what that returned."""

    def run(script):
        output = tmp_path / "report.html"
        write_report(variations=variations_folder.write(), output=str(output))
        page = re.sub(r"script-src '[^']+'", "script-src 'unsafe-inline'", output.read_text(encoding="utf-8"))
        probe = f"""<script>ready.then(async ({{ list, candidates }}) => {{ {TOOLS} {script} }})
          .catch((error) => ({{ error: String(error.stack) }}))
          .then((result) => {{ document.title = JSON.stringify(result); }});</script>"""
        output.write_text(page.replace("</body>", f"{probe}</body>"), encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", dom_of(output, tmp_path), re.DOTALL)[1]
        return json.loads(html.unescape(title))

    return run


def test_the_page_shows_its_candidates_under_its_own_policy(variations_folder, tmp_path):
    output = tmp_path / "report.html"
    write_report(variations=variations_folder.write(), output=str(output))

    dom = dom_of(output, tmp_path)
    assert dom.count('role="option"') == 9
    assert re.search(r'role="status">1 to 9 of 9: \d candidates, \d short posts</p>', dom)


def test_filters_narrow_the_list(seen):
    assert seen("""
        const found = {};
        for (const wanted of [
            { outcome: "accepted" }, { outcome: "rejected" }, { outcome: "short" }, { category: "garden" },
            { low: "10", high: "14" }, { rule: "sibling" }, { words: "FAMILIES" },
            { words: "Orchard", outcome: "rejected" }, { words: "nothing of the kind" },
        ]) {
            at("#clear").click();
            await filter(wanted);
            found[Object.values(wanted).join(" ")] = labels();
        }
        at("#clear").click();
        return { ...found, all: labels().length };
    """) == {
        "accepted": [
            *("Variation 1, 10% changed", "Variation 1, 14% changed", "Variation 1, 7% changed"),
            *("Variation 2, 4% changed", "Variation 1, 0% changed"),
        ],
        "rejected": ["Candidate 1, copy 0", "Candidate 2, drift 0.7, sibling 1", "Candidate 3, repetition 0.41"],
        "short": ["Fewer than asked"],
        "garden": ["Variation 1, 7% changed", "Variation 2, 4% changed", "Candidate 3, repetition 0.41"],
        "10 14": ["Variation 1, 10% changed", "Variation 1, 14% changed"],
        "sibling": ["Candidate 2, drift 0.7, sibling 1"],
        "FAMILIES": ["Variation 1, 14% changed"],
        "Orchard rejected": ["Candidate 3, repetition 0.41"],
        "nothing of the kind": [],
        "all": 9,
    }


def test_of_a_rule_those_nearest_to_its_threshold_come_first(seen):
    assert seen("""
        await filter({ rule: "drift", outcome: "accepted" });
        const accepted = labels();
        await filter({ rule: "length_ratio", outcome: "rejected" });
        const rejected = [labels(), at("#found").textContent, at("#candidate").textContent];
        const [worst, best] = ["accepted", "rejected"].map((outcome) =>
            at(`[data-rule=drift][data-outcome=${outcome}]`).querySelectorAll("button"));
        worst[1].click();
        return { accepted, rejected, worst: [...worst].map((each) => each.textContent), best: best[0].textContent,
                 opened: [chosen(), at("#filters [name=rule]").value, at("#filters [name=outcome]").value] };
    """) == {
        "accepted": [
            *("Variation 1, drift 0.14", "Variation 1, drift 0.1", "Variation 1, drift 0.07"),
            *("Variation 2, drift 0.04", "Variation 1, drift 0.001"),
        ],
        "rejected": [[], "None found", ""],
        "worst": ["0.14", "0.1", "0.07"],
        "best": "0.7",
        "opened": ["Variation 1, drift 0.1", "drift", "accepted"],
    }


def test_keys_move_the_choice_and_the_focus(seen):
    assert seen("""
        const place = () => document.activeElement.getAttribute("aria-posinset") ?? document.activeElement.name;
        const pressed = (key) => { press(key); return place(); };
        const moved = [..."jjk"].map(pressed).concat(["ArrowDown", "End", "j", "Home", "PageDown", "k"].map(pressed));
        const text = at("#candidate h3").textContent;
        const search = [pressed("/"), pressed("j"), pressed("Escape")];
        at("#letters").checked = false;
        const off = pressed("j");
        at("#letters").checked = true;
        press("?");
        const help = at("#keys").open;
        press("j");
        at("#keys").close();
        return { moved, text, search, off, help, still: place(), tabs: options().map((option) => option.tabIndex) };
    """) == {
        "moved": ["2", "3", "2", "3", "9", "9", "1", "9", "8"],
        "text": "The orchard opens",
        "search": ["words", "words", "8"],
        "off": "8",
        "help": True,
        "still": "8",
        "tabs": [-1] * 7 + [0, -1],
    }


def test_every_control_is_reached_by_tab_and_has_a_name(seen):
    controls = seen("""
        return [...document.querySelectorAll("#read :is(input, select, button)")].map((each) =>
            [each.tabIndex, (each.labels?.[0]?.textContent || each.ariaLabel || each.textContent).trim() !== ""]);
    """)
    assert len(controls) == 12
    assert all(control == [0, True] for control in controls)


def test_a_candidate_stands_beside_its_post_with_what_the_rules_said(seen):
    told = seen("""
        await filter({ words: "orchard", outcome: "rejected" });
        const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent);
        const reject = [texts(".verdict"), texts(".facts span"), texts(".scores .failed")];
        await filter({ words: "people", outcome: "" });
        const marks = [texts("del"), texts("ins"), texts(".verdict"), texts(".same.source").length];
        await filter({ words: "", outcome: "short" });
        return { reject, marks, short: [texts(".verdict"), texts(".alone")] };
    """)
    assert told == {
        "reject": [
            ["Candidate 3 rejected, 60% of words changed. repetition: 0.41 is beyond 0.2."],
            ["Mae Okafor", "2024-05-04", "garden", "orchard"],
            ["repetition 0.41"],
        ],
        "marks": [["neighbours"], ["people"], ["Variation 2 accepted, 4% of words changed."], 1],
        "short": [["Fewer than asked: 0 of 2 variations after 2 candidates."], ["Nothing came of this one."]],
    }


def test_edits_are_listed_the_least_probable_first_and_told_by_the_marks(seen):
    told = seen("""
        await filter({ words: "tallest" });
        const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent);
        const tips = [...document.querySelectorAll("p ins")].map((each) => each.title);
        const edited = [texts(".edits p"), texts(".edits li"), tips];
        await filter({ words: "people" });
        return { edited, without: [texts(".edits"), texts("p ins"), at("p ins").title] };
    """)
    assert told == {
        "edited": [
            ["2 edits, with the probability that people accept each, lowest first"],
            ["bears → gives 0.50", "oldest → tallest 0.81"],
            [
                "oldest → tallest: accepted with probability 0.81",
                "bears → gives: accepted with probability 0.50",
            ],
        ],
        "without": [[], ["people"], ""],
    }


def test_the_best_and_the_worst_show_their_changes_and_open(variations_folder, seen):
    variations_folder.posts[0]["source"] = "export.csv"
    for row, similarity in zip(variations_folder.variations, (0.7, 0.99, 0.9, 0.8, 0.6), strict=True):
        row["scores"]["similarity"] = similarity
    told = seen("""
        const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent);
        const [best, worst] = ["best", "worst"].map((kind) => texts(`[data-examples=${kind}] h4`));
        const change = texts("[data-examples=best] .example:first-child p");
        at("[data-examples=best] button").click();
        const score = at(".scores li");
        return { best, worst, change, opened: [chosen(), texts(".facts span").at(-1)], hover: score.title };
    """)
    assert told == {
        "best": ["The orchard opens", "<script>alert(2)</script> claims", "Emoji"],
        "worst": ["Long", "The orchard opens"],
        "change": [
            "7% of words changed",
            "Apples were 12 cents each. The oldest tree, planted in 1931, still bears fruit every autumn.",
            "Apples were 12 cents each. The tallest tree, planted in 1931, still gives fruit every autumn.",
        ],
        "opened": ["Variation 1, 7% changed", "from export.csv"],
        "hover": "Kept if the number of words, divided by that of the source, lies within minimum and maximum.",
    }


def test_an_example_is_cut_to_what_stands_beside_a_change(seen):
    told = seen("""
        const long = { text: "word ".repeat(40), marked: false };
        const unbroken = { text: "無".repeat(200), marked: false };
        return [around([long, { text: "new", marked: true }, long]), around([unbroken])];
    """)
    [before, change, after], [unbroken] = told
    assert before["text"] == "… " + "word " * 13
    assert change == {"text": "new", "marked": True}
    assert after["text"] == "word " * 14 + "… "
    assert unbroken["text"] == "… "


def test_what_agrees_with_an_edit_has_no_probability_of_its_own(seen):
    assert seen("""
        const tip = tips([["a big", "an enormous", 0.7], ["house", "home", 0.6], ["fine", "well", 0.9]]);
        return [tip("an enormous"), tip("an"), tip("home"), tip("Well")];
    """) == [
        "a big → an enormous: accepted with probability 0.70",
        "",
        "house → home: accepted with probability 0.60",
        "fine → well: accepted with probability 0.90",
    ]


def test_markup_in_a_text_is_text(seen):
    told = seen("""
        await filter({ words: "never paste" });
        return [at("#candidate").textContent, at("#candidate").querySelectorAll("script, img").length];
    """)
    assert "<script>alert(2)</script> claims" in told[0]
    assert "Never paste <script>alert(1)</script> or <img src=x" in told[0]
    assert told[1] == 0


def test_words_are_marked_as_the_rating_sheet_marks_them(variations_folder, seen):
    random = Random(3)
    words = ["tea", "tea", "42", ",", ".", " ", " ", "\n", "\n\n", "\n \n", "<b>", "&amp;", "👩‍👩‍👧", "e\u0301", "“"]
    texts = ["".join(random.choices(words, k=random.randint(1, 60))) for _ in range(400)]
    first, post = variations_folder.variations[0], variations_folder.posts[0]
    variations_folder.posts = [post | {"post_id": f"{n}", "text": text} for n, text in enumerate(texts)]
    variations_folder.variations = [
        first | {"post_id": f"{n}", "variant": 1, "text": text} for n, text in enumerate(reversed(texts))
    ]
    variations_folder.rejects = []
    marked = seen("""
        const told = (parts) => parts.map(({ text, marked }) => marked ? `[${text}]` : text).join("");
        const passages = (post, text) => differences(post.text, text).map((each) =>
            [told(each.source), told(each.variation), each.changed]);
        return Object.fromEntries(candidates.map(({ post, text }) => [post.id, passages(post, text)]));
    """)

    assert marked == {
        f"{n}": [
            [bracketed(each.source), bracketed(each.variation), each.changed]
            for each in compared_passages(source, text)
        ]
        for n, (source, text) in enumerate(zip(texts, reversed(texts), strict=True))
    }


def test_a_word_over_and_over_does_not_freeze_the_page(variations_folder, seen):
    variations_folder.posts[0]["text"], varied = "tea " * 5000, "tea ice " * 2500
    variations_folder.variations[1]["text"] = varied
    told = seen("""
        await filter({ words: "tea ice" });
        const text = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent).join("");
        return [text("p.source"), text("p.varied"), text("p.varied ins").includes("ice")];
    """)

    assert told == ["tea " * 5000, varied, True]


def bracketed(passage):
    return Markup(re.sub("</(?:del|ins)>", "]", re.sub("<(?:del|ins)>", "[", passage))).unescape()


def test_ten_thousand_variations_are_shown_a_page_at_a_time(variations_folder, seen):
    first, post = variations_folder.variations[0], variations_folder.posts[0]
    text = f"{post['text']} {variations_folder.posts[3]['text'][:2000]}"
    variations_folder.posts = [post | {"post_id": f"{n}", "text": text} for n in range(5000)]
    variations_folder.variations = [
        first | {"post_id": f"{n}", "variant": variant, "text": text.replace("autumn", f"year {n}")}
        for n in range(5000)
        for variant in (1, 2)
    ]
    variations_folder.rejects = []
    told = seen("""
        const look = () => [at("#found").textContent, options().length, document.querySelectorAll("*").length < 1500];
        const first = look();
        press("j");
        const next = at("#candidate ins").textContent === `year ${list.found[1].post.id}`;
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
        const last = look();
        await filter({ words: "year 4321 " });
        return { first, next, last, found: [at("#found").textContent, at("#candidate ins").textContent] };
    """)

    assert told == {
        "first": ["1 to 50 of 10,000", 50, True],
        "next": True,
        "last": ["9,951 to 10,000 of 10,000", 50, True],
        "found": ["1 to 2 of 2", "year 4321"],
    }


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, DARK), (NARROW, LIGHT)])
def test_the_page_fits_wide_and_narrow_light_and_dark(variations_folder, tmp_path, width, scheme):
    output = tmp_path / "report.html"
    write_report(variations=variations_folder.write(), output=str(output))

    assert answer_of(output, tmp_path, FITS, width, scheme) == [0, PAPER[scheme]]
