import pytest
import shtab

from pipelines.flags.completion import COMMAND, SHELLS


def test_every_shell_is_one_that_scripts_can_be_made_for(parsed):
    assert set(SHELLS) <= set(shtab.SUPPORTED_SHELLS)
    with pytest.raises(SystemExit):
        parsed(COMMAND, ["cmd"])
