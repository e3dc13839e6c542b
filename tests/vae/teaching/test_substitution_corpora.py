import gzip
import json
from types import SimpleNamespace

import pytest

from vae.language.language import language
from vae.teaching import substitution_corpora
from vae.teaching.substitution_corpora import inflected, plain, read_coinco, read_swords

INFLECTED = {
    ("walk", "VBD"): ("walked",),
    ("walk", "VBN"): ("walked",),
    ("go", "VBD"): ("went",),
    ("go", "VBN"): ("gone",),
    ("hut", "NNS"): ("huts",),
}


@pytest.fixture(autouse=True)
def forms(monkeypatch):
    """A table of a few forms instead of lemminflect."""
    fake = SimpleNamespace(
        getInflection=lambda lemma, form: INFLECTED.get((lemma, form), ()),
        getAllLemmas=lambda word: {"VERB": ("walk",)} if word == "walked" else {},
    )
    monkeypatch.setattr(substitution_corpora, "_lemminflect", lambda: fake)


@pytest.mark.parametrize(("before", "substitute"), [("They", "went"), ("They had", "gone"), ("They had not", "gone")])
def test_substitutes_have_the_form_of_their_target(before, substitute, tmp_path):
    told = {
        "contexts": {"c": {"context": f"{before}\n  walked home."}},
        "targets": {"t": {"context_id": "c", "target": "walked", "pos": "VERB", "offset": len(before) + 3}},
        "substitutes": {
            "1": {"target_id": "t", "substitute": "go"},
            "2": {"target_id": "t", "substitute": "walk"},
        },
        "substitute_labels": {"1": ["TRUE", "TRUE_IMPLICIT", "FALSE", "UNSURE"], "2": ["FALSE"] * 3},
    }
    file = tmp_path / "swords.json.gz"
    file.write_bytes(gzip.compress(json.dumps(told).encode()))
    (target,) = read_swords(file, language("en"))
    assert target.text == f"{before} walked home."
    assert target.text[target.start : target.end] == "walked"
    assert [(each.words, each.lemma, each.accepted, each.judges) for each in target.substitutes] == [
        (substitute, "go", 0.5, 4)
    ]


def test_phrases_are_inflected_where_they_bend():
    assert inflected("go along", "VERB", "VBD") == "went along"
    assert inflected("mud hut", "NOUN", "NNS") == "mud huts"
    assert inflected("unknown", "NOUN", "NNS") == "unknown"


def test_coinco_gives_places_by_lemma(tmp_path):
    row = {"sentence": "They walked home.", "targets": [{"word": "walked", "substitutes": {"went": 2, "stroll": 1}}]}
    file = tmp_path / "coinco.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(row).encode()))
    (asked,) = read_coinco(file, language("en"))
    assert asked.sentence == plain("They walked home.") == "theywalkedhome"
    assert "walk" in asked.place.lemmas
    assert {"go", "stroll"} <= asked.place.named
