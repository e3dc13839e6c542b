from pipelines.filters.required_words import RequiredWords
from pipelines.filters.rule import Judgement


def test_without_words_every_text_is_kept(judge):
    assert judge(RequiredWords(), "") == Judgement(rule="required_words", kept=True, value=0.0, threshold=0)


def test_all_words_present_is_kept(judge):
    assert judge(RequiredWords(words=("acme rocket", "flies")), "Our ACME Rocket flies.").kept


def test_each_missing_word_counts(judge):
    assert judge(RequiredWords(words=("rocket", "fly", "Acme")), "Rockets fly.") == Judgement(
        rule="required_words",
        kept=False,
        value=2.0,
        threshold=0,
        reason="required words missing: 2, above the maximum 0",
    )


def test_a_word_must_stand_in_the_text_whether_or_not_it_does_in_the_source(judge):
    rule = RequiredWords(words=("acme",))
    assert judge(rule, "Plain.", source="Plain.").value == 1.0
    assert judge(rule, "Plain.", source="Acme.").value == 1.0
