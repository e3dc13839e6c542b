import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.packing import pack
from tokenizer.word_table import WordRows

LIMIT = 10

words = st.tuples(st.integers(0, 12), st.booleans(), st.booleans())  # pieces, may end a sentence, may begin one
texts = st.lists(st.lists(words, max_size=30), max_size=4)


def table(rows):
    none = np.zeros(len(rows), np.int32)
    size, ends, begins = np.array(rows, np.int32).reshape(-1, 3).T
    return WordRows(
        size=size, ends=ends, begins=begins, first=none, characters=none, uncovered=none, unknown=none, store=none
    )


def packed_one_by_one(text):
    """Returns the number of words of each segment of one text, by following the rule word by word."""
    sentences = []
    for place, (pieces, _, begins) in enumerate(text):
        if (place and text[place - 1][1] and begins) or not place:
            sentences.append([])
        sentences[-1].append(pieces)
    parts = [
        part
        for sentence in sentences
        for part in ([sentence] if sum(sentence) <= LIMIT else [[size] for size in sentence])
    ]
    segments = []
    for part in parts:
        if not segments or sum(segments[-1]) + sum(part) > LIMIT:
            segments.append([])
        segments[-1] += part
    return [len(segment) for segment in segments]


@given(texts)
def test_sentences_are_packed_greedily_and_never_across_texts(texts):
    rows = [word for text in texts for word in text]
    text_of = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    starts = pack(table(rows), text_of, limit=LIMIT)
    lengths = np.diff([*starts, len(rows)]).tolist() if rows else []
    assert lengths == [length for text in texts for length in packed_one_by_one(text)]
