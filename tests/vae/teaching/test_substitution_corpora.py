import gzip
import json
from types import SimpleNamespace

import pytest

from vae.errors import UserError
from vae.language.language import language
from vae.teaching import substitution_corpora
from vae.teaching.substitution_corpora import (
    CoincoSentence,
    JudgedLemma,
    SwordsTarget,
    asked_places,
    inflected,
    inflected_targets,
    letters_and_digits,
    read_coinco,
    read_swords,
)

INFLECTED = {
    ("walk", "VBD"): ("walked",),
    ("walk", "VBN"): ("walked",),
    ("go", "VBD"): ("went",),
    ("go", "VBN"): ("gone",),
    ("hut", "NNS"): ("huts",),
}

SWORDS = {
    "contexts": {"c": {"context": "They\n  walked home."}, "unused": {"context": "It rains."}},
    "targets": {
        "t2": {"context_id": "c", "target": "home", "pos": "NOUN", "offset": 14},
        "t1": {"context_id": "c", "target": "walked", "pos": "VERB", "offset": 7},
    },
    "substitutes": {"1": {"target_id": "t1", "substitute": "go"}, "2": {"target_id": "t1", "substitute": "walk"}},
    "substitute_labels": {"1": ["TRUE", "TRUE_IMPLICIT", "FALSE", "UNSURE"], "2": ["FALSE"] * 3},
}


@pytest.fixture(autouse=True)
def forms(monkeypatch):
    """A table of a few forms instead of lemminflect."""
    fake = SimpleNamespace(
        getInflection=lambda lemma, form: INFLECTED.get((lemma, form), ()),
        getAllLemmas=lambda word: {"VERB": ("walk",)} if word == "walked" else {},
    )
    monkeypatch.setattr(substitution_corpora, "_lemminflect", lambda: fake)


@pytest.mark.parametrize("packed", [True, False])
def test_swords_is_read_with_targets_in_order_and_shares_of_judges(packed, tmp_path):
    path = tmp_path / f"swords.json{'.gz' if packed else ''}"
    data = json.dumps(SWORDS).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    passages, targets = read_swords(path)
    assert passages == ["They\n  walked home.", "It rains."]
    assert targets == [
        SwordsTarget(passages[0], 7, "walked", "VERB", [JudgedLemma("go", 0.5, 4), JudgedLemma("walk", 0.0, 3)]),
        SwordsTarget(passages[0], 14, "home", "NOUN", []),
    ]
    assert read_swords(path).letters_and_digits == "theywalkedhome\nitrains"


@pytest.mark.parametrize("data", ["{}", "[]", "{", json.dumps({**SWORDS, "substitute_labels": {}})])
def test_a_file_that_is_not_swords_is_refused(data, tmp_path):
    path = tmp_path / "swords.json"
    path.write_text(data)
    with pytest.raises(UserError, match=r"swords\.json: not a file of SWORDS"):
        read_swords(path)


@pytest.mark.parametrize(("before", "substitute"), [("They", "went"), ("They had", "gone"), ("They had not", "gone")])
def test_substitutes_take_the_form_of_their_target(before, substitute):
    lemmas = [JudgedLemma("go", 0.5, 4), JudgedLemma("walk", 0.0, 3)]
    swords = SwordsTarget(f"{before}\n  walked home.", len(before) + 3, "walked", "VERB", lemmas)
    (target,) = inflected_targets([swords], language("en"))
    assert target.text == f"{before} walked home."
    assert target.text[target.start : target.end] == "walked"
    assert target.context == letters_and_digits(target.text)
    assert target.substitutes == ((substitute, "go", 0.5, 4),)


def test_of_lemmas_with_one_form_that_with_most_judges_stays():
    lemmas = [JudgedLemma("hut", 0.1, 3), JudgedLemma("hut", 0.9, 10), JudgedLemma("hut", 0.2, 4)]
    (target,) = inflected_targets([SwordsTarget("My house.", 3, "house", "NOUN", lemmas)], language("en"))
    assert target.substitutes == (("hut", "hut", 0.9, 10),)


def test_phrases_of_verbs_bend_at_the_first_word_and_others_at_the_last():
    assert inflected("go along", "VERB", "VBD") == "went along"
    assert inflected("mud hut", "NOUN", "NNS") == "mud huts"
    assert inflected("unknown", "NOUN", "NNS") == "unknown"


def test_places_of_coinco_are_asked_about_by_lemma(tmp_path):
    targets = [{"word": "walked", "substitutes": {"went": 2, "stroll": 1}}]
    row = {"before": "", "sentence": "They walked home.", "after": "It rained.", "targets": targets}
    path = tmp_path / "coinco.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(row).encode()))
    (sentence,) = read_coinco(path)
    assert sentence == CoincoSentence("", "They walked home.", "It rained.", [("walked", {"went": 2, "stroll": 1})])
    (asked,) = asked_places([sentence], language("en"))
    assert asked.sentence == "theywalkedhome"
    assert "walk" in asked.place.lemmas
    assert {"go", "stroll"} <= asked.place.named


def test_a_line_that_is_not_coinco_is_refused_by_its_number(tmp_path):
    path = tmp_path / "coinco.jsonl"
    path.write_text('{"before": "", "sentence": "x", "after": "", "targets": []}\n{"sentence": "x"}\n')
    with pytest.raises(UserError, match=r"coinco\.jsonl, line 2: not as CoInCo's lines are"):
        list(read_coinco(path))


def test_letters_and_digits_tell_a_sentence_whatever_its_spaces_and_marks():
    assert letters_and_digits("Zoë's _2_ cats,\n slept!") == "zoës2catsslept"
