import csv
import json
import re
from pathlib import Path

import pytest
from browser import dom_of, needs_chromium

from pipelines.errors import UserError
from pipelines.report.rating_sheet import write_rating_sheet

KEYS_THEN_RELOAD = """<script>
const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
if (sessionStorage.reloaded) {
  let saved;
  URL.createObjectURL = (blob) => { saved = blob.text(); return "blob:kept"; };
  HTMLAnchorElement.prototype.click = async function () { document.title = `${this.download}\n${await saved}`; };
  document.getElementById("save").click();
} else {
  ["4", "y", "2", "x", "n", "3", "ArrowRight", "5", "ArrowDown", "1", "ArrowUp", "2", "ArrowLeft", "1"].forEach(press);
  sessionStorage.reloaded = "yes";
  location.reload();
}
</script></body>"""


@pytest.fixture
def many(variations_folder):
    """The folder with forty posts more, one variation each."""
    post, variation = variations_folder.posts[0], variations_folder.variations[1]
    for number in range(40):
        own = {"post_id": f"post-{number}"}
        there = f"number {number} of the many"
        variations_folder.posts.append({**post, **own, "text": post["text"].replace("oldest", there)})
        variations_folder.variations.append({**variation, **own, "text": variation["text"].replace("tallest", there)})
    return variations_folder


@pytest.fixture
def sheet(tmp_path):
    """Writes a sheet; gives its page, the rows in it and those of the key."""

    def write(folder, *, seed=0):
        output = tmp_path / "sheet" / "form.html"
        count, key = write_rating_sheet(variations=[folder], output=str(output), posts=50, seed=seed)
        page = output.read_text(encoding="utf-8")
        rows = json.loads(re.search(r'id="rows">(.*?)</script>', page, re.DOTALL)[1])
        assert key == str(tmp_path / "sheet" / "form.key.csv")
        keys = list(csv.DictReader(Path(key).read_text(encoding="utf-8").splitlines()))
        assert count == len(rows) == len(keys)
        return page, rows, keys

    return write


def test_the_key_says_which_text_is_the_posts(many, sheet):
    _, rows, keys = sheet(many.write())
    known = {row["row"]: row for row in keys}
    sources = {post["post_id"]: post["text"] for post in many.posts}
    assert len(rows) == 42
    for row in rows:
        key = known[row["row"]]
        source, other = (row["a"], row["b"]) if key["source_side"] == "a" else (row["b"], row["a"])
        assert source in sources[key["post_id"]]
        assert other not in sources[key["post_id"]]
        assert (key["variations"], float(key["change"]) > 0) == (str(many.path), True)


def test_the_page_does_not_tell(many, sheet):
    page, rows, keys = sheet(many.write())
    assert {"row", "a", "b"} == set(rows[0])
    assert not any(key["post_id"] in page for key in keys if key["post_id"].startswith("post-"))
    assert str(many.path) not in page
    assert 10 < sum(key["source_side"] == "a" for key in keys) < 32
    # Ids are hashes, so their order is none of posts or folders.
    assert [row["row"] for row in rows] == sorted(row["row"] for row in rows)


def test_the_seed_draws_order_and_sides(many, sheet):
    folder = many.write()
    first, again, other = sheet(folder), sheet(folder), sheet(folder, seed=1)
    assert first == again
    assert [key["post_id"] for key in first[2]] != [key["post_id"] for key in other[2]]
    sides = [{key["post_id"]: key["source_side"] for key in keys} for _, _, keys in (first, other)]
    assert sides[0] != sides[1]


def test_a_plain_text_has_the_rows_and_the_key_of_the_page(many, sheet, tmp_path):
    folder = many.write()
    _, rows, keys = sheet(folder)
    output = tmp_path / "plain" / "form.txt"
    count, key = write_rating_sheet(variations=[folder], output=str(output), posts=50, seed=0)
    assert (count, key) == (42, str(tmp_path / "plain" / "form.key.csv"))
    assert list(csv.DictReader(Path(key).read_text(encoding="utf-8").splitlines())) == keys
    told, *pairs = output.read_text(encoding="utf-8").split("\n\nPair ")
    assert "\nrow,fluent_a,publish_a,fluent_b,publish_b,same_meaning\n" in told
    assert pairs == [
        f"{place} of 42, row {row['row']}\n\nText A\n{row['a']}\n\nText B\n{row['b']}\n"
        for place, row in enumerate(rows, 1)
    ]


def test_texts_of_posts_are_no_markup_of_the_page(variations_folder, sheet):
    nasty = "</script><script>alert(1)</script> & \"quotes\" are 'here'; a post may say all of this, and then go on."
    variations_folder.posts[1]["text"] = f"{nasty} It goes on."
    variations_folder.variations[2]["text"] = f"{nasty} It moves on."
    page, rows, _ = sheet(variations_folder.write())
    assert "alert(1)</script>" not in page
    assert any(nasty in row["a"] and nasty in row["b"] for row in rows)
    assert not re.search(r"(src|href)=|https?://", page)


def test_a_file_that_cannot_be_written_is_told(variations_folder, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_rating_sheet(
            variations=[variations_folder.write()], output=str(tmp_path / "taken" / "form.html"), posts=5, seed=0
        )


@needs_chromium
def test_in_a_browser_keys_rate_and_the_button_saves_what_survived_a_reload(many, sheet, tmp_path):
    page, rows, _ = sheet(many.write())
    filled = tmp_path / "filled.html"
    filled.write_text(page.replace("</body>", KEYS_THEN_RELOAD), encoding="utf-8")
    browser = dom_of(filled, tmp_path, milliseconds=3000)
    saved = re.search(r"<title>(.*?)</title>", browser, re.DOTALL)[1]
    assert saved.splitlines() == [
        "ratings.csv",
        "row,fluent_a,publish_a,fluent_b,publish_b,same_meaning",
        f"{rows[0]['row']},1,yes,2,no,3",
        f"{rows[1]['row']},5,,2,,",
    ]
    assert '<span id="place">1</span> of 42' in browser
    assert '<span id="rated">1</span>' in browser
