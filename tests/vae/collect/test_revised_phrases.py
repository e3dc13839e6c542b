import pytest

from vae.collect.revised_phrases import GAP, count_phrases, exchanged


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("we saw a cat .", "we saw a dog .", {("cat", "dog")}),
        ("it enables you to go .", "it lets you go .", {("enables", "lets"), ("enables you to", "lets you")}),
        ("so , it works .", "so - it works .", set()),
    ],
)
def test_differences_are_phrases_each_alone_and_joined(old, new, pairs):
    assert pairs <= set(exchanged(old.split(), new.split()))
    assert all("," not in "".join(pair) for pair in exchanged(old.split(), new.split()))


def test_removed_words_are_given_with_words_around_them():
    assert ("in order to", "to") in exchanged("we stop in order to rest .".split(), "we stop to rest .".split())


def test_differences_further_apart_than_the_gap_are_not_joined():
    kept = "a b c".split()[: GAP + 1]
    pairs = set(exchanged(["old", *kept, "cat"], ["new", *kept, "dog"]))
    assert {("old", "new"), ("cat", "dog")} <= pairs
    assert not any("old" in old.split() and "cat" in old.split() for old, _ in pairs)


def revision(owner, old, new):
    return {"source": f"{owner}/prose", "old": old, "new": new}


def test_sentences_owners_and_unchanged_phrases_are_counted():
    counts = count_phrases(
        [
            revision("ann", "A cat ran.", "A dog ran."),
            revision("ann", "My CAT slept.", "My dog slept."),
            revision("bob", "One cat ate.", "One cat eats."),
        ]
    )
    assert counts.pairs["cat", "dog"] == 2
    assert counts.sources["cat", "dog"] == {"ann"}
    assert counts.unchanged["cat"] == 1


def test_only_phrases_that_were_exchanged_somewhere_are_counted_as_unchanged():
    counts = count_phrases([revision("ann", "A cat ran.", "A dog ran.")])
    assert counts.unchanged == {}
