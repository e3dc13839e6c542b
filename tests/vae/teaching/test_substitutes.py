import gzip
import json

import pytest

from tokenizer.tokenizer import EOS
from tokenizer.training import train_tokenizer
from vae.errors import UserError
from vae.language.language import language
from vae.teaching.substitutes import Forms, letters_and_digits, read_coinco, read_swords

TEXTS = "we begin started the lamp lights begins start. starts began big large end ended"


@pytest.fixture(scope="module")
def forms():
    """Of a vocabulary that has these words as pieces."""
    words = [f"{word} {other}" for word in TEXTS.split() for other in TEXTS.split()] * 3
    return Forms(train_tokenizer(words, vocab_size=512, model_type="bpe"), language("en").lexicon)


def piece(forms, word):
    found = forms.piece(word)
    assert found is not None, word
    return found


def row(sentence, targets, before="", after=""):
    return {"before": before, "sentence": sentence, "after": after, "targets": targets}


def written(path, *rows):
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


def test_substitutes_take_the_form_of_the_word(forms):
    assert forms.instead("began", {"start": 2, "end": 1}) == {
        piece(forms, "started"): 2,
        piece(forms, "ended"): 1,
    }
    assert forms.instead("begins", {"start": 2, "begin": 5}) == {piece(forms, "starts"): 2}


def test_a_place_of_coinco_is_a_text_with_what_people_wrote(forms, tmp_path):
    targets = [{"word": "big", "substitutes": {"large": 4, "end": 1, "very large": 1}}]
    path = written(tmp_path / "coinco.jsonl", row("the big lamp", targets, before="we start.", after="we end"))
    (made,) = read_coinco(path, forms, longest=64)
    assert forms.tokenizer.decode([made.ids]) == ["we start. the big lamp we end"]
    assert made.ids == made.source
    assert made.ids[-1] == EOS
    assert made.ids[made.first] == piece(forms, "big")
    assert made.wanted == ({piece(forms, "large"): 4},)


def test_what_is_a_part_of_a_word_or_has_no_piece_is_no_place(forms, tmp_path):
    targets = [{"word": word, "substitutes": {"large": 1}} for word in ("big", "huge")]
    path = written(tmp_path / "coinco.jsonl", row("the big-end huge lamp", targets), row("the abig lamp", targets))
    assert list(read_coinco(path, forms, longest=64)) == []


def test_a_word_met_twice_is_found_each_time(forms, tmp_path):
    targets = [{"word": "big", "substitutes": {"large": 1}}] * 2
    path = written(tmp_path / "coinco.jsonl", row("big lamp big end", targets))
    assert [made.first for made in read_coinco(path, forms, longest=64)] == [0, 2]


def test_sentences_that_are_measured_on_are_not_read(forms, tmp_path):
    targets = [{"word": "big", "substitutes": {"large": 1}}]
    path = written(tmp_path / "coinco.jsonl", row("The big lamp!", targets), row("big end", targets))
    assert len(list(read_coinco(path, forms, longest=64, left_out=letters_and_digits("We began. The  big lamp")))) == 1


def test_another_file_is_refused_by_line(forms, tmp_path):
    path = written(tmp_path / "coinco.jsonl", row("big", []), {"sentence": "x"})
    with pytest.raises(UserError, match="line 2"):
        list(read_coinco(path, forms, longest=64))


SWORDS = {
    "contexts": {"c": {"context": "we start. the  big lamp lights"}},
    "targets": {"t": {"context_id": "c", "offset": 15, "target": "big"}},
    "substitutes": {
        name: {"target_id": "t", "substitute": name} for name in ("large", "end", "start", "began", "big", "very big")
    },
    "substitute_labels": {
        "large": ["TRUE", "TRUE_IMPLICIT"],
        "end": ["TRUE", "FALSE"],
        **{name: ["FALSE"] for name in ("start", "began", "big", "very big")},
    },
}


def test_judged_substitutes_are_those_of_one_piece(forms, tmp_path):
    path = tmp_path / "swords.json.gz"
    path.write_bytes(gzip.compress(json.dumps(SWORDS).encode()))
    (judged,), passages = read_swords(path, forms)
    assert {forms.tokenizer.pieces[number][1:]: share for number, share in judged.accepted.items()} == {
        "large": 1.0,
        "end": 0.5,
        "start": 0.0,
        "began": 0.0,
    }
    example = judged.example
    assert example.ids[example.first] == piece(forms, "big")
    assert EOS not in example.ids
    assert letters_and_digits("The big lamp") in passages


def test_a_target_with_few_judged_pieces_is_left_out(forms, tmp_path):
    few = {name: SWORDS["substitutes"][name] for name in ("large", "end", "very big")}
    path = tmp_path / "swords.json"
    path.write_text(json.dumps({**SWORDS, "substitutes": few}))
    assert read_swords(path, forms)[0] == []


def test_what_is_not_swords_is_refused(forms, tmp_path):
    path = tmp_path / "swords.json"
    path.write_text("{}")
    with pytest.raises(UserError, match=r"swords\.json: not a file of SWORDS"):
        read_swords(path, forms)
