import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import iban, luhn

from pipelines.clean.clean import clean
from pipelines.clean.pii import mask_blocks, mask_personal_data
from pipelines.posts.post import CODE, LINK, PARAGRAPH, Block, text_of


def masked(text):
    return mask_personal_data(text)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to ann@bread.org.", "Write to [EMAIL]."),
        ("<ann.b+c@bread.co.uk> or 'o'brien@bread.org'", "<[EMAIL]> or '[EMAIL]'"),
        ("jörg@bäckerei.de", "[EMAIL]"),
        ("ann@bread.org/bob@bread.org", "[EMAIL]/[EMAIL]"),
        ("[write](mailto:ann@bread.org) us", "[write](mailto:[EMAIL]) us"),
        ("[a](mailto:ann@bread.org?subject=Bread)", "[a](mailto:[EMAIL]?subject=Bread)"),
        ("[a](mailto:%20ann@bread.org)", "[a](mailto:[EMAIL])"),
    ],
)
def test_email_addresses(text, expected):
    assert mask_personal_data(text) == (expected, Counter(EMAIL=expected.count("[EMAIL]")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 202-501-1888 now", "Call [PHONE] now"),
        ("(202) 501-1888, 202.501.1888", "[PHONE], [PHONE]"),
        ("1-202-501-1888 ext. 12", "[PHONE]"),
        ("202-501-1888 202-501-1889", "[PHONE] [PHONE]"),
        ("(1-202-501-1888)", "([PHONE])"),
        ("[call](tel:+1-202-501-1888)", "[call](tel:[PHONE])"),
        ("+49 30 901820 or +33 1 42 68 53 00", "[PHONE] or [PHONE]"),
        ("+44 (0)20 7946 0958", "[PHONE]"),
        ("+4930901820", "[PHONE]"),
    ],
)
def test_phone_numbers_international_and_american(text, expected):
    assert mask_personal_data(text) == (expected, Counter(PHONE=expected.count("[PHONE]")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 52.86.186.226.", "from [IP]."),
        ("http://52.86.186.226:80/a", "http://[IP]:80/a"),
        ("2600:1f1c:446:4900::65 and 2a00:1450:4001:81b:0:0:0:200e", "[IP] and [IP]"),
        ("[2600:1f1c::]:443", "[[IP]]:443"),
    ],
)
def test_addresses_of_the_internet(text, expected):
    assert mask_personal_data(text) == (expected, Counter(IP=expected.count("[IP]")))


@pytest.mark.parametrize(
    "number",
    [
        *("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "5555 5555 5555 4444"),
        *("378282246310005", "3782 822463 10005", "3056 930902 5904", "6011 1111 1111 1117", "3530111333300000"),
    ],
)
def test_card_numbers(number):
    assert mask_personal_data(f"Paid with {number}, 12/27.") == ("Paid with [CARD], 12/27.", Counter(CARD=1))


@pytest.mark.parametrize("number", ["GB29 NWBK 6016 1331 9268 19", "DE89370400440532013000", "NO93 8601 1117 947"])
def test_account_numbers(number):
    assert mask_personal_data(f"Pay to {number} TODAY") == ("Pay to [IBAN] TODAY", Counter(IBAN=1))


def test_groups_that_stand_beside_a_number_stay():
    assert masked("2324 4111 1111 1111 1111 123") == "2324 [CARD] 123"


@pytest.mark.parametrize(
    "text",
    [
        "git clone git@bread.org:ann/bread.git",
        "https://ann@bread.org/a",
        "@ann@bread.social",
        "icon@2x.png and oven@1.2.3",
        "2023-12-05 10:11:12, 2023/12/05 and 05.12.2023",
        "2025551313",
        "https://bread.org/202-501-1888",
        "ISBN 978-0-596-52068-7",
        "-2147483648, 2147483647",
        "10.0.0.1, 192.168.100.200, 127.0.0.1, 2001:db8::1, fe80::1",
        "nginx 1.25.3.1, v52.86.186.226, 300.300.300.300, 128.0.0.0",
        "10:11:46:46 and a::b",
        "4111 1111 1111 1112",
        "https://bread.org/status/4111111111111111",
        "orders 1234567890123456 and 4111111111111",
        "GB29 NWBK 6016 1331 9268 18",
        "XX29 NWBK 6016 1331 9268 19",
    ],
)
def test_what_only_looks_like_personal_data_stays(text):
    assert mask_personal_data(text) == (text, Counter())


def test_every_kind_is_counted():
    text = "ann@bread.org bob@bread.org 202-501-1888 52.86.186.226 4111111111111111 DE89370400440532013000"
    assert mask_personal_data(text)[1] == Counter(EMAIL=2, PHONE=1, IP=1, CARD=1, IBAN=1)


@pytest.mark.parametrize(
    "text",
    [
        "ann@bread.org: write",
        "- ann@bread.org: https://bread.org",
        "ann@bread.org(at home)",
        "Ann ann@bread.org[1]\n\n[1]: https://bread.org",
        "<p>ann@bread.org: write</p><p>52.86.186.226:80</p>",
        "http://52.86.186.226:80/a and [b](http://bread.org)",
    ],
)
def test_a_masked_text_can_be_read_again(text):
    once, counts = mask_personal_data(text)
    cleaned = text_of(clean(once))
    assert len(re.findall(r"\[(?:EMAIL|IP)\](?!\()", cleaned)) == counts.total()
    assert text_of(clean(cleaned)) == cleaned


def test_a_masked_link_stays_a_link():
    assert text_of(clean(masked("Now [write](mailto:ann@bread.org) us"))) == "Now [write](mailto:%5BEMAIL%5D) us"


def test_blocks_of_every_kind_are_masked_and_counted_together():
    blocks = [
        Block(kind=PARAGRAPH, text="Write to ann@bread.org"),
        Block(kind=CODE, text="```\nping 52.86.186.226\n```"),
        Block(kind=LINK, text="[Ann](mailto:ann@bread.org)"),
        Block(kind=PARAGRAPH, text="No data here."),
    ]
    assert mask_blocks(blocks) == (
        [
            Block(kind=PARAGRAPH, text="Write to [EMAIL]"),
            Block(kind=CODE, text="```\nping [IP]\n```"),
            Block(kind=LINK, text="[Ann](mailto:[EMAIL])"),
            Block(kind=PARAGRAPH, text="No data here."),
        ],
        Counter(EMAIL=2, IP=1),
    )


words = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéß.,!? \n", max_size=12), min_size=2, max_size=2)
networks = st.sampled_from(
    [("4", 13), ("4", 16), ("4", 19), ("51", 16), ("2720", 16), ("34", 15), ("36", 14), ("3528", 16), ("62", 19)]
)


@given(words, networks, st.data(), st.sampled_from(["", " ", "-"]))
def test_no_card_number_survives(around, network, data, gap):
    prefix, length = network
    size = length - len(prefix) - 1
    body = prefix + data.draw(st.text("0123456789", min_size=size, max_size=size))
    number = body + luhn.calc_check_digit(body)
    if gap and length != 15 and length != 14:
        number = gap.join(number[start : start + 4] for start in range(0, length, 4))
    text, counts = mask_personal_data(f"{around[0]} {number} {around[1]}")
    assert text == f"{around[0]} [CARD] {around[1]}"
    assert counts == Counter(CARD=1)


@given(words, st.text("0123456789", min_size=18, max_size=18), st.booleans())
def test_no_german_account_number_survives(around, account, grouped):
    number = f"DE{iban.calc_check_digits(f'DE00{account}')}{account}"
    assume(iban.is_valid(number))
    text, _ = mask_personal_data(f"{around[0]} {iban.format(number) if grouped else number} {around[1]}")
    assert text == f"{around[0]} [IBAN] {around[1]}"


@given(words, st.ip_addresses(v=4))
def test_no_global_address_survives_that_is_no_version(around, address):
    assume(address.is_global and sum(byte < 10 for byte in address.packed) < 2)
    assert masked(f"{around[0]} {address} {around[1]}") == f"{around[0]} [IP] {around[1]}"


@given(words, st.ip_addresses(v=6, network="2a00::/16"))
def test_no_global_address_of_version_6_survives(around, address):
    assert masked(f"{around[0]} {address} {around[1]}") == f"{around[0]} [IP] {around[1]}"


@given(words, st.emails(domains=st.sampled_from(["bread.org", "a.b-c.co.uk"])))
def test_no_email_address_of_plain_characters_survives(around, address):
    assume(re.fullmatch(r"\w[\w.+-]*", address.partition("@")[0]))
    assert masked(f"{around[0]} {address} {around[1]}") == f"{around[0]} [EMAIL] {around[1]}"


@given(st.text("abcxyz ABCXYZ012.:-()[]\n", max_size=40))
def test_a_text_without_personal_data_is_unchanged(text):
    masked_text, counts = mask_personal_data(text)
    assert (masked_text == text) == (not counts)


@given(st.text("0123456789 .-+()@:/aZ", max_size=60))
def test_what_is_masked_stays_masked(text):
    once, _ = mask_personal_data(text)
    assert once.count("[") >= mask_personal_data(text)[1].total()
    assert mask_personal_data(once)[1].total() == 0
