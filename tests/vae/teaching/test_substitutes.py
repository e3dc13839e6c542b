import pytest

from tokenizer.tokenizer import EOS
from tokenizer.training import train_tokenizer
from vae.language.language import language
from vae.teaching.substitutes import Forms, coinco_examples, judged_choices
from vae.teaching.substitution_corpora import CoincoSentence, JudgedLemma, SwordsTarget, letters_and_digits

TEXTS = "we begin started the lamp lights begins start. starts began big large end ended"


@pytest.fixture(scope="module")
def forms():
    """The forms in a vocabulary that has these words as pieces."""
    words = [f"{word} {other}" for word in TEXTS.split() for other in TEXTS.split()] * 3
    return Forms(train_tokenizer(words, vocab_size=512, model_type="bpe"), language("en").lexicon)


def piece(forms, word):
    number = forms.piece(word)
    assert number is not None, word
    return number


def coinco(sentence, targets, before="", after=""):
    return CoincoSentence(before, sentence, after, targets)


def test_substitutes_take_the_form_of_the_word(forms):
    assert forms.instead("began", {"start": 2, "end": 1}) == {
        piece(forms, "started"): 2,
        piece(forms, "ended"): 1,
    }
    assert forms.instead("begins", {"start": 2, "begin": 5}) == {piece(forms, "starts"): 2}


def test_a_place_of_coinco_becomes_a_text_with_what_people_wrote(forms):
    targets = [("big", {"large": 4, "end": 1, "very large": 1})]
    sentence = coinco("the big lamp", targets, before="we start.", after="we end")
    (example,) = coinco_examples([sentence], forms, longest=64)
    assert forms.tokenizer.decode([example.ids]) == ["we start. the big lamp we end"]
    assert example.ids == example.source
    assert example.ids[-1] == EOS
    assert example.ids[example.first] == piece(forms, "big")
    assert example.wanted == ({piece(forms, "large"): 4},)


def test_parts_of_words_and_words_without_a_piece_are_left_out(forms):
    targets = [(word, {"large": 1}) for word in ("big", "huge")]
    sentences = [coinco("the big-end huge lamp", targets), coinco("the abig lamp", targets)]
    assert list(coinco_examples(sentences, forms, longest=64)) == []


def test_a_word_that_is_a_target_twice_is_found_at_both_places(forms):
    sentence = coinco("big lamp big end", [("big", {"large": 1})] * 2)
    assert [example.first for example in coinco_examples([sentence], forms, longest=64)] == [0, 2]


def test_sentences_that_are_measured_on_are_left_out(forms):
    sentences = [coinco(text, [("big", {"large": 1})]) for text in ("The big lamp!", "big end")]
    left_out = letters_and_digits("We began. The  big lamp")
    (example,) = coinco_examples(sentences, forms, longest=64, left_out=left_out)
    assert forms.tokenizer.decode([example.ids]) == ["big end"]


def swords(**shares):
    lemmas = [JudgedLemma(lemma.replace("_", " "), share, 10) for lemma, share in shares.items()]
    return SwordsTarget("we start. the  big lamp lights", 15, "big", "ADJ", lemmas)


def test_judged_pieces_are_the_substitutes_that_are_one_piece(forms):
    (judged,) = judged_choices([swords(large=1.0, end=0.5, start=0.0, began=0.0, big=0.0, very_big=0.0)], forms)
    assert {forms.tokenizer.pieces[number][1:]: share for number, share in judged.accepted.items()} == {
        "large": 1.0,
        "end": 0.5,
        "start": 0.0,
        "began": 0.0,
    }
    example = judged.example
    assert example.ids[example.first] == piece(forms, "big")
    assert EOS not in example.ids


def test_a_target_with_few_judged_pieces_is_left_out(forms):
    assert judged_choices([swords(large=1.0, end=0.5, very_big=0.0)], forms) == []
