import pytest

from pipelines.filters.protected_tokens import ProtectedTokens
from pipelines.filters.rule import Candidate, Judgement


def judge(text: str, source: str, **thresholds: float) -> Judgement:
    return ProtectedTokens(**thresholds).judge(Candidate(source=source, text=text, change=0.3))


def test_a_source_without_numbers_and_urls_protects_nothing():
    assert judge("b", source="It costs $ and %.") == Judgement(
        rule="protected_tokens", kept=True, value=0.0, threshold=0
    )


@pytest.mark.parametrize(
    "token",
    ["7", "1,250.50", "$4.50", "99.9%", "10:30", "12/05/2023", "https://example.org/a?b=c#d", "www.example.org/2"],
)
def test_a_token_survives_wherever_it_moves(token):
    assert judge(f"See ({token}), they say.", source=f"They say: see {token}.").kept


@pytest.mark.parametrize(
    ("source", "text", "missing"),
    [
        ("for $4.50.", "for $4.", "$4.50"),
        ("for $4.50.", "for 4.50.", "$4.50"),
        ("grew 99.9%.", "grew 99.9.", "99.9%"),
        ("on 12/05/2023", "on 12/05/2024", "12/05/2023"),
        ("a k8s cluster", "a cluster", "8"),
        ("[here](https://example.org/a) now", "[here](https://example.org/) now", "https://example.org/a"),
    ],
)
def test_a_token_that_changed_is_missing(source, text, missing):
    assert judge(text, source=source) == Judgement(
        rule="protected_tokens",
        kept=False,
        value=1.0,
        threshold=0,
        reason=f"numbers or URLs of the source are missing: {missing}",
    )


def test_a_token_must_stand_as_often_as_in_the_source():
    assert judge("5 and 6", source="5 and 5 and 6").value == 1.0
    assert judge("5 and 5 and 5", source="5 and 5").kept


def test_digits_of_a_url_are_no_numbers():
    assert judge("nothing", source="https://example.org/2023/12").value == 1.0


def test_a_long_list_of_losses_is_cut_in_the_reason_not_in_the_value():
    judgement = judge("none", source="1 2 3 4 5 6 7")
    assert judgement.value == 7.0
    assert judgement.reason.endswith(": 1, 2, 3, 4, 5, …")


def test_the_tolerated_losses_are_a_setting():
    assert judge("", source="1 2", maximum=2).kept
    assert not judge("", source="1 2", maximum=1).kept


@pytest.mark.parametrize(
    ("protects", "kept"),
    [((), True), (("code",), True), (("number",), False), (("url",), False), (("url", "code", "number"), False)],
)
def test_a_kind_that_was_not_protected_is_not_asked_for(protects, kept):
    candidate = Candidate(source="5 at https://a.org", text="6 at https://b.org", change=0.3, protects=protects)
    assert ProtectedTokens().judge(candidate).kept is kept
