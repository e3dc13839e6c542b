"""judge judges the candidates of an earlier run by other rules, without the model."""

import json
import shutil
from collections import Counter

import pytest
from blogvae_process import manifest_of, output_bytes, rows_of
from chain_flags import ANY_EDIT


@pytest.fixture
def judge(chain, done, tmp_path):
    """Judges the chain's variations by a rules file with this text, and returns the folder."""

    def run(rules, *flags, variations=chain.variations, name="judged"):
        (tmp_path / f"{name}.yaml").write_text(rules)
        output = tmp_path / name
        filters = f"--filters={tmp_path / f'{name}.yaml'}"
        done("judge", f"--variations={variations}", f"--output={output}", filters, *flags)
        return output

    return run


def by_number(rows):
    return sorted(rows, key=lambda row: (row["post_id"], row["candidate"] or 0))


def texts(folder):
    return {(row["post_id"], row["candidate"]): row["text"] for row in rows_of(folder, "part-")}


def test_the_rules_of_then_give_the_variations_and_rejects_of_then(chain, judge):
    judged = judge((chain.root / "rules.yaml").read_text())
    for prefix in ("part-", "rejects/"):
        assert by_number(rows_of(judged, prefix)) == by_number(rows_of(chain.variations, prefix))
    assert json.loads((judged / "metrics.json").read_text()) == json.loads(
        (chain.variations / "metrics.json").read_text()
    )


def test_judging_what_was_judged_is_judging_what_was_made(chain, judge):
    strict = judge("copy: {minimum: 0.9}\nsimilarity: off\nworst_sentence: off\n", name="strict")
    assert not rows_of(strict, "part-")
    again = judge((chain.root / "rules.yaml").read_text(), variations=strict, name="again")
    for prefix in ("part-", "rejects/"):
        assert by_number(rows_of(again, prefix)) == by_number(rows_of(chain.variations, prefix))


def test_looser_rules_and_more_of_each_post_take_more_and_lose_none(chain, judge):
    judged = judge(ANY_EDIT, "--per-post=2")
    assert texts(chain.variations).keys() < texts(judged).keys()
    assert max(Counter(row["post_id"] for row in rows_of(judged, "part-")).values()) == 2
    counts = manifest_of(judged)["counts"]
    assert counts["candidates"] == manifest_of(chain.variations)["counts"]["candidates"]
    assert counts["accepted"] + counts["rejected"] == counts["candidates"]
    assert manifest_of(judged)["settings"]["per_post"] == 2


def test_words_are_looked_for_in_the_texts_that_are_there(chain, judge):
    often = Counter(word for text in texts(chain.variations).values() for word in {*text.casefold().split()})
    word = min((word for word in often if word.isalpha()), key=lambda word: (often[word], word))
    judged = judge(f"{ANY_EDIT}banned_words: {{words: [{word}]}}\n")
    accepted = [row["text"].casefold().split() for row in rows_of(judged, "part-")]
    assert accepted
    assert not any(word in text for text in accepted)
    assert "banned_words" in json.loads((judged / "metrics.json").read_text())["rejected_by_rule"]


def test_sentences_are_compared_though_they_were_not_when_the_candidates_were_made(chain, judge):
    judged = judge(ANY_EDIT.replace("worst_sentence: off", "worst_sentence: {minimum: 0.95}"))
    rows = {"part-": rows_of(judged, "part-"), "rejects/": rows_of(judged, "rejects/")}
    assert all(row["scores"]["worst_sentence"] >= 0.95 for row in rows["part-"])
    failed = [row for row in rows["rejects/"] if "worst_sentence" in row["rule"].split(" | ")]
    assert failed
    assert all(row["scores"]["worst_sentence"] < 0.95 for row in failed)


def test_any_number_of_workers_and_a_second_run_write_the_same_bytes(chain, judge, done, tmp_path):
    judged = judge(ANY_EDIT)
    before = output_bytes(judged)
    flags = (f"--variations={chain.variations}", f"--filters={tmp_path / 'judged.yaml'}")
    done("judge", *flags, f"--output={judged}")
    assert output_bytes(judged) == before
    done("judge", *flags, f"--output={tmp_path / 'two'}", "--direct_num_workers=2")
    assert output_bytes(tmp_path / "two") == before


def test_judged_variations_make_a_report_and_exports(judge, done, tmp_path):
    judged = judge(ANY_EDIT, "--export=csv", "--guard-formulas")
    assert (judged / "exports/variations.csv").stat().st_size
    assert (judged / "README.md").stat().st_size
    done("report", f"--variations={judged}", f"--output={tmp_path / 'report.html'}")


def test_what_is_judged_is_not_written_over(chain, refused):
    said = refused("judge", f"--variations={chain.variations}", f"--output={chain.variations}/")
    assert "is what is judged; name another folder" in said


def test_a_rule_that_was_off_is_named(chain, judge, refused, tmp_path):
    off = judge(ANY_EDIT.replace("{maximum: 9}", "off"), name="off")
    said = refused("judge", f"--variations={off}", f"--output={tmp_path / 'out'}")
    assert "cycle was off when these candidates were measured: turn it off, or run augment with it" in said


def test_a_part_that_is_missing_is_named(chain, refused, tmp_path):
    folder = shutil.copytree(chain.variations, tmp_path / "variations")
    path = manifest_of(folder)["files"][0]["path"]
    (folder / path).unlink()
    said = refused("judge", f"--variations={folder}", f"--output={tmp_path / 'out'}")
    assert f"{folder}/{path} is missing or not the file of the manifest; run augment again" in said


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--per-post=0",), "--per-post 0: ask for at least one variation"),
        (("--filters=nowhere.yaml",), "nowhere.yaml: the rules cannot be read"),
        (("--sedd=1",), "unknown flag --sedd"),
        (("--variations=nowhere",), "nowhere"),
    ],
)
def test_a_bad_value_of_judge(chain, refused, tmp_path, flags, told):
    assert told in refused("judge", f"--variations={chain.variations}", f"--output={tmp_path / 'out'}", *flags)


def test_a_folder_of_another_kind_is_refused(chain, refused, tmp_path):
    said = refused("judge", f"--variations={chain.latents}", f"--output={tmp_path / 'out'}")
    assert "holds no candidates with all their scores" in said
