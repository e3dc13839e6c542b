from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tokenizer.protect import PROTECTED_KINDS, mask_words, protect, restore, split_words, unprotect

SPANS = [
    "https://example.org/a?b=1&c=2",
    "www.example.org",
    "someone@example.org",
    "42",
    "1,234.50",
    "2023-12-05",
    "`a = b`",
    "`` a ` b ``",
    "[a link](https://example.org/wiki/A_(b))",
    '[a link](/b "One. Two.")',
    "<num>",
    "<url>",
    "<code>",
]
FRAGMENTS = ["`", "``", "[", "]", "](", ")", "<", ">", "@", "num", ".", " "]

texts = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(SPANS + FRAGMENTS))).flatmap(
    lambda parts: st.sampled_from(["".join(parts), " ".join(parts)])
)


kinds = st.sets(st.sampled_from(PROTECTED_KINDS)).map(frozenset)


@given(texts, kinds)
def test_a_protected_text_is_restored_exactly(text, kinds):
    protected = protect(text, kinds)
    assert restore(protected.masked, protected) == text
    assert unprotect(protected) == text


@given(texts, kinds)
def test_the_masked_words_are_the_words_of_the_masked_text(text, kinds):
    words = split_words(text, kinds)
    assert mask_words(words, kinds) == protect(text, kinds).masked.split()
    assert " ".join(" ".join(words).split()) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" one  two\n", ["one", "two"]),
        ("run (`a b` or ``c ` d``), then", ["run", "(`a b`", "or", "``c ` d``),", "then"]),
        ('see [a page](/b "One. Two.")! now', ["see", "[a", 'page](/b "One. Two.")!', "now"]),
        ("a ` alone and ` another `", ["a", "` alone and `", "another", "`"]),
        ("https://example.org/` a ` b", ["https://example.org/`", "a", "`", "b"]),
    ],
)
def test_a_span_with_white_space_belongs_to_one_word(text, words):
    assert split_words(text) == words


def test_code_that_is_not_protected_is_split_into_words():
    assert split_words("run `a b` 5", {"number"}) == ["run", "`a", "b`", "5"]


@pytest.mark.parametrize(
    ("kinds", "masked", "spans"),
    [
        ({"url"}, "see [it]<url> or <url>: `a` 5 <num>", ("(/a)", "a@b.org", "<num>")),
        ({"code"}, "see [it](/a) or a@b.org: <code> 5 <num>", ("`a`", "<num>")),
        ({"number"}, "see [it](/a) or a@b.org: `a` <num> <num>", ("5", "<num>")),
        (set(), "see [it](/a) or a@b.org: `a` 5 <num>", ("<num>",)),
    ],
)
def test_only_the_given_kinds_are_protected_and_literal_placeholders_always(kinds, masked, spans):
    protected = protect("see [it](/a) or a@b.org: `a` 5 <num>", kinds)
    assert (protected.masked, protected.spans) == (masked, spans)


@pytest.mark.parametrize("span", SPANS)
def test_a_span_is_restored_between_other_words(span):
    source = protect(f"before {span} after")
    varied = source.masked.replace("before", "earlier").replace("after", "later")
    assert restore(varied, source) == f"earlier {span} later"


@pytest.mark.parametrize(
    ("text", "masked", "spans"),
    [
        ("It cost 4.50 in 2023.", "It cost <num> in <num>.", ("4.50", "2023")),
        ("See https://example.org/a_(b now", "See <url> now", ("https://example.org/a_(b",)),
        ("Mail first.last+tag@example.co.uk!", "Mail <url>!", ("first.last+tag@example.co.uk",)),
        ("[the page](https://example.org/a)", "[the page]<url>", ("(https://example.org/a)",)),
        ('[5 pages](/a_(b) "One. Two.")!', "[<num> pages]<url>!", ("5", '(/a_(b) "One. Two.")')),
        ("run `a 1 b` and ``c ` 2``", "run <code> and <code>", ("`a 1 b`", "``c ` 2``")),
        ("a ` alone and ``b too", "a ` alone and ``b too", ()),
        ("the sign <num> and 5", "the sign <num> and <num>", ("<num>", "5")),
        ("no span (at all)", "no span (at all)", ()),
        ("5@example.org and 5@ home", "<url> and <num>@ home", ("5@example.org", "5")),
    ],
)
def test_spans_of_every_kind_are_replaced(text, masked, spans):
    protected = protect(text)
    assert (protected.masked, protected.spans) == (masked, spans)


@given(texts, st.data())
def test_a_text_with_a_placeholder_less_or_more_is_refused(text, data):
    source = protect(text)
    assume(source.spans)
    placeholders = [placeholder for placeholder in ("<url>", "<code>", "<num>") if placeholder in source.masked]
    placeholder = data.draw(st.sampled_from(placeholders))
    assert restore(source.masked.replace(placeholder, "", 1), source) is None
    assert restore(f"{source.masked} {placeholder}", source) is None


def test_a_placeholder_of_another_kind_is_refused():
    assert restore("about <url>", protect("about 5")) is None


@pytest.mark.parametrize("varied", ["See the page <url> now", "See [the page <url> now", "See [the page] <url> now"])
def test_a_link_that_lost_its_brackets_is_refused(varied):
    assert restore(varied, protect("See [the page](https://example.org) now")) is None


@pytest.mark.parametrize("varied", ["at <url>s, <num> or <num>", "at <url>, <num><num>", "at <url>, <num>.<num>"])
def test_a_url_or_number_that_would_run_on_is_refused(varied):
    source = protect("at https://example.org or 1 or 2")
    assert restore("at <url>, <num>, <num>s", source) == "at https://example.org, 1, 2s"
    assert restore(varied, source) is None


def test_a_word_right_after_a_link_stays_there():
    source = protect("[Page](https://example.org)s here")
    assert restore("[Post]<url>s there", source) == "[Post](https://example.org)s there"


def test_a_link_may_be_around_other_words():
    source = protect("See [the page](https://example.org) now")
    assert restore("Read [our site]<url> today", source) == "Read [our site](https://example.org) today"


def test_spans_of_each_kind_are_restored_in_order():
    source = protect("from 1 to 2 at www.example.org")
    assert restore("at <url>: <num>, then <num>", source) == "at www.example.org: 1, then 2"


@pytest.mark.parametrize("sign", ["a", "1", "`", "[", "(", "."])
def test_a_text_of_any_length_is_protected_in_linear_time(sign):
    text = sign * 300_000
    started = process_time()
    assert unprotect(protect(text)) == text
    assert process_time() - started < 10
