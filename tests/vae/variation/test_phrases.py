from tokenizer.segments import cut
from vae.language.language import language
from vae.variation.phrases import rewordings
from vae.variation.words import words_of

ENGLISH = language("en")


def phrases(text, tokenizer, editable=None):
    (segment,) = cut([text], tokenizer=tokenizer, max_len=10_000)[0]
    words = words_of(segment, tokenizer)
    found = rewordings(words, editable or [True] * len(words), ENGLISH)
    return {(" ".join(words.words[one.start : one.end]), " ".join(one.new)) for one in found}


def test_a_phrase_that_authors_reword_is_found_with_its_new_words(tokenizer):
    assert ("do not", "don't") in phrases("We do not go there in order to rest", tokenizer)
    assert ("in order to", "to") in phrases("We do not go there in order to rest", tokenizer)


def test_a_phrase_that_cuts_another_in_two_is_left_out(tokenizer):
    found = phrases("Where you have to shout", tokenizer)
    assert ("have to", "must") in found
    assert not any(old == "you have" for old, _ in found)


def test_a_clause_does_not_end_in_a_contraction(tokenizer):
    assert not any("'" in new for _, new in phrases("We like it as it is.", tokenizer))
    assert ("it is", "it's") in phrases("We like it, and it is ours.", tokenizer)


def test_the_apostrophe_is_that_of_the_text(tokenizer):
    assert ("do not", "don’t") in phrases("It’s late and we do not go", tokenizer)


def test_a_phrase_holds_only_editable_words(tokenizer):
    assert phrases("We do not go", tokenizer, editable=[True, True, False, True]) == set()
