import pytest

from pipelines.flags.prepare import COMMAND, MODEL_TYPES, NEAR_MODES
from tokenizer import training

FOLDERS = ["--input=posts", "--output=dataset"]


def test_the_kinds_of_tokenizer_are_those_that_can_be_trained():
    assert MODEL_TYPES == training.MODEL_TYPES


def test_inputs_may_be_repeated_and_all_else_has_a_default(parsed):
    args = parsed(COMMAND, [*FOLDERS, "--input=more.csv"])
    assert args.input == ["posts", "more.csv"]
    assert (args.near_duplicates, args.boilerplate, args.lsh, args.seed) == ("report", "drop", "14x8", 0)
    assert args.max_len is args.tokenizer is args.limit is None


@pytest.mark.parametrize("near", NEAR_MODES)
def test_near_duplicates_are_kept_reported_or_dropped(parsed, near):
    assert parsed(COMMAND, [*FOLDERS, f"--near-duplicates={near}"]).near_duplicates == near


@pytest.mark.parametrize("flags", [[], ["--input=posts"], [*FOLDERS, "--near-duplicates=merge"]])
def test_without_its_folders_or_with_another_choice_it_is_refused(parsed, flags):
    with pytest.raises(SystemExit):
        parsed(COMMAND, flags)
