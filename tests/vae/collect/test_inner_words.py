from vae.collect.inner_words import inner_words

STOP_WORDS = frozenset("the it rare".split())


def test_a_word_is_inner_if_sentences_seldom_end_in_it():
    sentences = ["The cat saw it."] * 30 + ["The rare dog ran."]
    assert inner_words(sentences, STOP_WORDS) == ["the"]


def test_a_line_without_a_full_stop_ends_no_sentence():
    assert inner_words(["It was the", "It ran."] * 30, STOP_WORDS) == ["it"]
