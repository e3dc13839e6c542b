import pytest

from pipelines.flags.run import COMMAND


def test_all_flags_of_the_chain_stand_in_its_file(parsed):
    assert vars(parsed(COMMAND, [])) == {}
    with pytest.raises(SystemExit):
        parsed(COMMAND, ["--input=posts"])
