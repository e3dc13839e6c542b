from pipelines.flags.demo import COMMAND


def test_without_flags_a_folder_is_made_where_one_stands(parsed):
    args = parsed(COMMAND, [])
    assert (args.output, args.limit) == ("blogvae-demo", 40)
