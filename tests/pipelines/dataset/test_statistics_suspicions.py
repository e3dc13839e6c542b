import pytest

from pipelines.dataset.statistics import suspicions


def statistics(*, und=0, told=20, code=0, characters=1000, vocab=2000):
    return {
        "posts_by_language": {"und": und, "en": told},
        "totals": {"characters_read": characters, "characters_code": code},
        "vocab_size": vocab,
    }


def test_a_corpus_of_posts_raises_no_suspicion():
    assert suspicions(statistics(und=5, code=300), asked=2000) == []
    assert suspicions(statistics(vocab=100), asked=None) == []


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"und": 30}, "60 % of the posts are in no language that could be told"),
        ({"code": 990}, "99 % of all characters are code"),
        ({"vocab": 900}, "the tokenizer has 900 pieces of 2000 asked for"),
    ],
)
def test_what_is_unlike_posts_is_told(odd, told):
    (line,) = suspicions(statistics(**odd), asked=2000)
    assert line.startswith(told)


def test_a_few_odd_posts_are_no_corpus():
    assert suspicions(statistics(und=5, told=0, code=900), asked=None) == []
