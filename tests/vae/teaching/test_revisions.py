import gzip
import json
import lzma

import pytest

from vae.errors import UserError
from vae.language.language import language
from vae.teaching.revisions import Exchange, Revision, exchanges, held_out, objection, read_revisions, weighed


class English:
    """English with few fixed words."""

    fixed_words = frozenset({"we", "you", "three", "two", "not"})
    lexicon = language("en").lexicon
    same_word = staticmethod(language("en").same_word)


def spans(old, new):
    return [(each.old, each.new) for each in exchanges(Revision("a/b", old, new))]


def exchange(old, new, *, source="a/b", left="They ", right=" it."):
    return Exchange(source=source, left=left, old=old, new=new, right=right)


def test_each_span_is_an_exchange_within_the_new_sentence():
    all_exchanges = exchanges(Revision("a/b", "We begin with big pans, as ever.", "We start with large pans, as ever."))
    assert [(each.old, each.new) for each in all_exchanges] == [("begin", "start"), ("big", "large")]
    assert [each.old_text for each in all_exchanges] == [
        "We begin with large pans, as ever.",
        "We start with big pans, as ever.",
    ]
    assert {each.new_text for each in all_exchanges} == {"We start with large pans, as ever."}


def test_marks_that_end_both_spans_are_not_part_of_the_exchange():
    all_exchanges = exchanges(Revision("a/b", "We sell lamps, too.", "We sell kettles, too."))
    assert [(each.old, each.new, each.right) for each in all_exchanges] == [("lamps", "kettles", ", too.")]


def test_insertions_and_spans_with_other_marks_are_skipped():
    assert spans("We sell lamps, too.", "We sell kettles too.") == []
    assert spans("We sell lamps.", "We still sell lamps.") == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("begin", "start", ""),
        ("need to", "must", ""),
        ("feel free to", "do", ""),
        ("Paris", "town", "case, digits, marks"),
        ("40 cups", "many cups", "case, digits, marks"),
        ("a (small) cup", "a mug", "case, digits, marks"),
        ("code", "following code", "one side holds the other"),
        ("very good tea", "good tea", "one side holds the other"),
        ("accomodation place", "accommodation place", "typo"),
        ("took", "take", "forms of one word"),
        ("cold", "hot", "opposites"),
        ("we buy", "you buy", "fixed words"),
        ("three", "several", "fixed words"),
    ],
)
def test_an_objection_names_its_reason(old, new, reason):
    assert objection(exchange(old, new), English()) == reason


def test_exchanges_of_several_owners_weigh_more_and_terms_of_one_owner_are_left_out():
    twice = [exchange("begin", "start", source=f"{owner}/x") for owner in ("a", "b")]
    terms = [exchange("job", "project", source="a/x", left=f"{number} ") for number in range(7)]
    single = exchange("shop", "store", source="a/x")
    grammar = exchange("of", "for", source="a/x")
    weights = {
        (each.old, each.source): each.weight for each in weighed([*twice, *terms, single, grammar], {"of", "for"})
    }
    assert weights == {("begin", "a/x"): 2.0, ("begin", "b/x"): 2.0, ("shop", "a/x"): 1.0, ("of", "a/x"): 0.35}


def test_a_sentence_in_several_files_counts_once():
    assert len(weighed([exchange("shop", "store")] * 3, ())) == 1


def test_all_exchanges_of_an_owner_are_held_out_together():
    all_exchanges = [exchange("a", "b", source=f"{owner}/{number}") for owner in "pqrs" for number in range(5)]
    learned, others = held_out(all_exchanges, 0.25)
    assert len(others) == 5
    assert {each.owner for each in learned}.isdisjoint({each.owner for each in others})
    learned, others = held_out(all_exchanges, 0.25, ["q/3", "s"])
    assert {each.owner for each in others} == {"q", "s"}
    assert len(learned) == 10


@pytest.mark.parametrize("opened", [lzma.open, gzip.open, open])
def test_pairs_of_few_edits_are_read_compressed_or_not(tmp_path, opened):
    path = tmp_path / f"pairs.jsonl{ {lzma.open: '.xz', gzip.open: '.gz'}.get(opened, '') }"
    row = {"source": "a/b", "old": "We begin.", "new": "We start.", "edits": [["begin", "start"]]}
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in (row, {**row, "edits": row["edits"] * 4}))
    assert list(read_revisions(path)) == [Revision("a/b", "We begin.", "We start.")]


def test_errors_name_the_file_and_the_line(tmp_path):
    with pytest.raises(UserError, match=r"there\.jsonl"):
        list(read_revisions(tmp_path / "there.jsonl"))
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"source": "a/b", "old": "x", "new": "y"}\n{"old": "x"}\n')
    with pytest.raises(UserError, match=r"pairs\.jsonl, line 2: no JSON with source, old and new"):
        list(read_revisions(path))
