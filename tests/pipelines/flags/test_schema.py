from pipelines.flags.schema import COMMAND


def test_it_has_no_flags_of_its_own(parsed):
    assert vars(parsed(COMMAND, [])) == {}
