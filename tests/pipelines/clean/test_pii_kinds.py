import pytest

from pipelines.clean.pii_kinds import CARD_NUMBER, EMAIL, IBAN, IPV4, IPV6, PHONE


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        (EMAIL, "ann@mail.org", "ann@mail.org"),
        (CARD_NUMBER, "4111 1111 1111 1111", "4111 1111 1111 1111"),
        (CARD_NUMBER, "4111 1111 1111 1112", ""),
        (IBAN, "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        (IPV4, "8.8.8.108", ""),
        (IPV4, "93.184.216.34", "93.184.216.34"),
        (IPV6, "2001:4860:4860::8888", "2001:4860:4860::8888"),
        (PHONE, "+49 30 901820", "+49 30 901820"),
    ],
)
def test_of_a_candidate_the_part_that_passes_the_checks_is_personal_data(kind, text, part):
    start, end = kind.span(kind.candidate.search(text))
    assert text[start:end] == part


@pytest.mark.parametrize("text", ["git@host.org:path", "icon@2x.png"])
def test_what_only_looks_like_an_address_is_no_candidate(text):
    assert EMAIL.candidate.search(text) is None
