import argparse

import pytest

from pipelines.flags.posts import add_posts_arguments


def parsed_posts(*flags):
    parser = argparse.ArgumentParser()
    add_posts_arguments(parser)
    return parser.parse_args(["--model=base-en", *flags])


def test_posts_come_from_a_dataset_or_from_inputs():
    assert parsed_posts("--dataset=d").dataset == "d"
    assert parsed_posts("--input=a", "--input=b").input == ["a", "b"]


@pytest.mark.parametrize("flags", [[], ["--dataset=d", "--input=a"]])
def test_neither_or_both_are_refused(flags):
    with pytest.raises(SystemExit):
        parsed_posts(*flags)
