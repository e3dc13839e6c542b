import pytest

from pipelines.flags.encode import COMMAND

FOLDERS = ["--dataset=dataset", "--model=model", "--output=latents"]


def test_all_posts_are_encoded_unless_a_split_is_named(parsed):
    assert parsed(COMMAND, FOLDERS).split is None
    assert parsed(COMMAND, [*FOLDERS, "--split=test"]).split == "test"


def test_another_split_is_refused(parsed):
    with pytest.raises(SystemExit):
        parsed(COMMAND, [*FOLDERS, "--split=holdout"])
