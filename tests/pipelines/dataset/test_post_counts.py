import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset.post_counts import count_words

texts = st.text(alphabet=" \n\tabé日", max_size=12)


@given(st.lists(st.lists(texts, max_size=6), min_size=1, max_size=3))
def test_the_count_of_words_is_that_of_split(chunks):
    column = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks])
    assert count_words(column) == [len(text.split()) for chunk in chunks for text in chunk]


@given(st.lists(texts, min_size=3, max_size=8))
def test_a_sliced_column_counts_only_the_texts_in_the_slice(rows):
    column = pa.chunked_array([pa.array(rows, pa.string()).slice(1, len(rows) - 2)])
    assert count_words(column) == [len(text.split()) for text in rows[1:-1]]
