from tokenizer.protect import protect
from tokenizer.segments import Segment
from vae.variation.task import Task


def test_a_task_without_category_and_number_is_of_no_category_and_shared_by_all_variations():
    task = Task(Segment(protect("Tea for two."), (5, 6, 7)), "post", 2)
    assert (task.category, task.number) == ("", 0)
    assert task._replace(number=1) != task
