from pipelines.flags.rate import COMMAND


def test_folders_and_ratings_may_be_repeated(parsed):
    args = parsed(COMMAND, ["--variations=a", "--variations=b", "--ratings=x.csv", "--ratings=y.csv"])
    assert (args.variations, args.ratings, args.pairs) == (["a", "b"], ["x.csv", "y.csv"], 60)
