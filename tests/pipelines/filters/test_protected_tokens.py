import pytest

from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.filters.rule import Judgement

RULE = ProtectedTokens()


def test_a_source_without_numbers_and_urls_protects_nothing(judge):
    assert judge(RULE, "b", source="It costs $ and %.") == Judgement(
        rule="protected_tokens", kept=True, value=0.0, threshold=0
    )


@pytest.mark.parametrize(
    "token",
    ["7", "1,250.50", "$4.50", "99.9%", "10:30", "12/05/2023", "https://example.org/a?b=c#d", "www.example.org/2"],
)
def test_a_token_survives_wherever_it_moves(judge, token):
    assert judge(RULE, f"See ({token}), they say.", source=f"They say: see {token}.").kept


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("for $4.50.", "for $4."),
        ("for $4.50.", "for 4.50."),
        ("grew 99.9%.", "grew 99.9."),
        ("on 12/05/2023", "on 12/05/2024"),
        ("a k8s cluster", "a cluster"),
        ("[here](https://example.org/a) now", "[here](https://example.org/) now"),
    ],
)
def test_a_token_that_changed_is_missing(judge, source, text):
    assert judge(RULE, text, source=source) == Judgement(
        rule="protected_tokens",
        kept=False,
        value=1.0,
        threshold=0,
        reason="numbers and URLs of the source missing: 1, above the maximum 0",
    )


def test_a_token_must_stand_as_often_as_in_the_source(judge):
    assert judge(RULE, "5 and 6", source="5 and 5 and 6").value == 1.0
    assert judge(RULE, "5 and 5 and 5", source="5 and 5").kept


def test_digits_of_a_url_are_no_numbers(judge):
    assert judge(RULE, "nothing", source="https://example.org/2023/12").value == 1.0


def test_the_tolerated_losses_are_a_setting(judge):
    assert judge(ProtectedTokens(maximum=2), "", source="1 2").kept
    assert not judge(ProtectedTokens(maximum=1), "", source="1 2").kept


@pytest.mark.parametrize(
    ("protects", "kept"),
    [((), True), (("code",), True), (("number",), False), (("url",), False), (("url", "code", "number"), False)],
)
def test_a_kind_that_was_not_protected_is_not_asked_for(judge, protects, kept):
    source, text = "5 at https://a.org", "6 at https://b.org"
    assert judge(RULE, text, source=source, protects=protects).kept is kept
