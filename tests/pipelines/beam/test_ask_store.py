"""Many files of a remote store are asked about at the same time, and the answers keep the order of the files."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.beam.ask_store import REQUESTS, ask_of_each


@given(st.lists(st.integers(), max_size=100), st.booleans())
def test_the_answers_are_in_the_order_of_the_items(items, remote):
    assert ask_of_each(str, items, remote=remote) == list(map(str, items))


def test_a_remote_store_gets_many_requests_at_once():
    together = threading.Barrier(REQUESTS, timeout=20)
    assert sorted(ask_of_each(lambda _: together.wait(), range(REQUESTS), remote=True)) == list(range(REQUESTS))


def test_local_files_are_read_one_by_one_in_the_calling_thread():
    caller = threading.current_thread()
    assert ask_of_each(lambda _: threading.current_thread(), range(3), remote=False) == [caller] * 3


def test_the_error_of_the_first_item_that_fails_is_raised_and_the_rest_is_not_begun():
    begun = []

    def fail(item):
        begun.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match=r"\A0\Z"):
        ask_of_each(fail, range(10_000), remote=True)
    assert len(begun) < 10_000
