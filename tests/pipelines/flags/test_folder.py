import argparse

import pytest

from pipelines.errors import UserError
from pipelines.flags.folder import add_folder_arguments, check_folder_flags


@pytest.mark.parametrize("flags", [[], ["--export=jsonl"]])
def test_formulas_are_guarded_in_csv_alone(flags):
    parser = argparse.ArgumentParser()
    add_folder_arguments(parser)
    guarded = ["--output=out", "--guard-formulas"]
    with pytest.raises(UserError, match=r"^--guard-formulas does nothing without --export csv"):
        check_folder_flags(parser.parse_args([*guarded, *flags]))
    check_folder_flags(parser.parse_args([*guarded, "--export=csv"]))
