import pytest

from vae.collect.revised_phrases import count_phrases
from vae.collect.rewordings import rewordings_text

HEAD = "old\tnew\tpairs\tsources\tunchanged\n"


def mined(old, new, *, owners=5, unchanged=()):
    revisions = [{"source": f"owner{k}/prose", "old": old, "new": new} for k in range(owners)]
    revisions += [{"source": "owner0/prose", "old": each, "new": f"{each} Indeed."} for each in unchanged]
    text = rewordings_text(count_phrases(revisions))
    assert text.startswith(HEAD)
    return [tuple(line.split("\t")) for line in text.removeprefix(HEAD).splitlines()]


def test_a_rewording_has_its_counts():
    rows = mined("They began the work.", "They started the work.", unchanged=["It began there.", "He began again."])
    assert ("began", "started", "5", "5", "2") in rows


def test_sources_of_one_owner_count_once():
    revisions = [{"source": f"owner/{k}", "old": "They ask for more.", "new": "They request more."} for k in range(9)]
    assert rewordings_text(count_phrases(revisions)) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It works.", "It worked."),
        ("They saw the cat.", "They saw a cat."),
        ("It lasts two years.", "It lasts three years."),
        ("It is never enabled.", "It is often enabled."),
        ("The cold water ran.", "The warm water ran."),
        ("They walk quiet slowly.", "They walk quite slowly."),
        ("We talked wiht them.", "We talked with them."),
        ("He told the story.", "She told the story."),
        ("They can go.", "They must go."),
        ("The master branch stays.", "The main branch stays."),
        ("The green house stays.", "The old house stays."),
    ],
)
def test_an_exchange_that_changes_the_meaning_or_corrects_an_error_is_no_rewording(old, new):
    assert mined(old, new) == []


def test_a_contraction_must_be_exchanged_in_both_directions():
    assert mined("We don't know.", "We do not know.") == []
    revisions = [{"source": f"o{k}/x", "old": "We don't know.", "new": "We do not know."} for k in range(3)]
    revisions.append({"source": "o0/x", "old": "We do not know.", "new": "We don't know."})
    text = rewordings_text(count_phrases(revisions))
    assert "don't\tdo not\t3\t3\t0\n" in text
    assert "do not\tdon't\t1\t1\t0\n" in text


def test_a_word_that_authors_mostly_let_stand_does_not_become_several():
    exchange = ("They use tools like hammers.", "They use tools such as hammers.")
    seldom = mined(*exchange, unchanged=[f"I would like {count} of them." for count in range(200)])
    often = mined(*exchange, unchanged=["I would like one of them."])
    assert [row[:2] for row in often] == [("like", "such as")]
    assert seldom == []
