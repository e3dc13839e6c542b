from pipelines.flags.judge import COMMAND


def test_as_many_variations_are_wanted_as_in_the_earlier_run_unless_told(parsed):
    folders = ["--variations=old", "--output=new"]
    assert parsed(COMMAND, folders).per_post is None
    assert parsed(COMMAND, [*folders, "--per-post=3"]).per_post == 3
