from pipelines.filters.required_words import RequiredWords
from pipelines.filters.rule import Candidate, Judgement


def judge(text: str, *words: str, source: str = "") -> Judgement:
    return RequiredWords(words=words).judge(Candidate(source=source, text=text, change=0.3))


def test_without_words_every_text_is_kept():
    assert judge("") == Judgement(rule="required_words", kept=True, value=0.0, threshold=0.0)


def test_all_words_present_is_kept():
    assert judge("Our ACME Rocket flies.", "acme rocket", "flies").kept


def test_each_missing_word_counts_and_is_told():
    assert judge("Rockets fly.", "rocket", "fly", "Acme") == Judgement(
        rule="required_words",
        kept=False,
        value=2.0,
        threshold=0.0,
        reason="required words are missing: rocket, Acme",
    )


def test_a_word_must_stand_in_the_text_even_if_the_source_lacks_it():
    assert judge("Plain.", "acme", source="Plain.").value == 1.0
    assert judge("Plain.", "acme", source="Acme.").value == 1.0
