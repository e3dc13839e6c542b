from pipelines.flags.doctor import COMMAND


def test_outputs_are_expected_where_one_stands(parsed):
    assert parsed(COMMAND, []).folder == "."
