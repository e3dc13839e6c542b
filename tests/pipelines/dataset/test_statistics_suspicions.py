import pytest

from pipelines.dataset.statistics import suspicions


def statistics(*, und=0, en=20, code=0, characters=1000, vocab=2000):
    return {
        "posts_by_language": {"und": und, "en": en},
        "totals": {"characters_read": characters, "characters_code": code},
        "vocab_size": vocab,
    }


def test_a_corpus_of_posts_raises_no_suspicion():
    assert suspicions(statistics(und=5, code=300), vocab_size=2000) == []
    assert suspicions(statistics(vocab=100), vocab_size=None) == []


@pytest.mark.parametrize(
    ("unusual", "start"),
    [
        ({"und": 30}, "60 % of the posts are in no language that could be identified"),
        ({"code": 990}, "99 % of all characters are code"),
        ({"vocab": 900}, "the tokenizer has 900 pieces of 2000 asked for"),
    ],
)
def test_a_corpus_unlike_posts_raises_one_suspicion(unusual, start):
    (line,) = suspicions(statistics(**unusual), vocab_size=2000)
    assert line.startswith(start)


def test_a_few_unusual_posts_raise_no_suspicion():
    assert suspicions(statistics(und=5, en=0, code=900), vocab_size=None) == []
