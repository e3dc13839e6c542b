import pytest
import torch

from pipelines.augment.shrinking_groups import Failure, ShrinkingGroups
from pipelines.errors import UserError


class Handler:
    """Squares numbers, in groups that it remembers; raises what `on` says of a group."""

    def __init__(self, on=lambda _group: None):
        self.groups, self.on = [], on

    def __call__(self, group):
        self.groups.append(list(group))
        if error := self.on(group):
            raise error
        return [item * item for item in group]


def test_results_come_in_order_in_groups_of_the_size():
    handler = Handler()
    assert ShrinkingGroups(handler, size=2)([1, 2, 3]) == [1, 4, 9]
    assert handler.groups == [[1, 2], [3]]


def test_an_item_that_raises_fails_the_job_and_is_named():
    handler = Handler(lambda group: ValueError("no\n  such thing") if 3 in group else None)
    with pytest.raises(RuntimeError, match=r"^post 3 cannot be handled \(ValueError: no such thing\)$"):
        ShrinkingGroups(handler, size=4, name="post {}".format)([1, 2, 3, 4])
    assert handler.groups == [[1, 2, 3, 4], [1], [2], [3]]


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        MemoryError(),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_out_of_memory_halves_the_group_and_stays_at_that_size(error, caplog):
    handler = Handler(lambda group: error if len(group) > 2 else None)
    groups = ShrinkingGroups(handler, size=8)
    assert groups([1, 2, 3, 4, 5]) == [1, 4, 9, 16, 25]
    assert groups([6, 7, 8]) == [36, 49, 64]
    assert [len(group) for group in handler.groups] == [5, 2, 2, 1, 2, 1]
    assert groups.size == 2


def test_one_item_that_memory_does_not_suffice_for_is_a_failure():
    handler = Handler(lambda group: torch.OutOfMemoryError("CUDA out of memory") if 2 in group else None)
    assert ShrinkingGroups(handler, size=3)([1, 2, 3]) == [1, Failure("OutOfMemoryError: CUDA out of memory"), 9]


@pytest.mark.parametrize(
    "error",
    [UserError("no such label"), RuntimeError("CUDA error: an illegal memory access was encountered")],
)
def test_the_users_mistake_and_a_broken_device_concern_all_items(error):
    with pytest.raises(type(error), match=str(error)):
        ShrinkingGroups(Handler(lambda _group: error), size=2)([1, 2])


def test_no_items_need_no_handling():
    handler = Handler()
    assert ShrinkingGroups(handler, size=0)([]) == []
    assert handler.groups == []
