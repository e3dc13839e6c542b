from dataclasses import replace

import pytest

from pipelines.errors import UserError
from pipelines.report.rating_pairs import rating_pairs
from vae.variation.change import changed_words

OLDEST = "Apples were 12 cents each. The oldest tree, planted in 1931, still bears fruit every autumn."


@pytest.fixture
def peer(variations_folder, tmp_path):
    """Another folder of the same posts, with one variation of one post."""

    def write(post_id, text):
        (one,) = [row for row in variations_folder.variations if row["post_id"] == post_id and row["variant"] == 1]
        return replace(variations_folder, root=tmp_path / "peer", variations=[{**one, "text": text}]).write()

    return write


def test_a_pair_is_a_changed_passage_and_what_the_first_variation_made_of_it(variations_folder):
    folder = variations_folder.write()
    by_post = {pair.post_id: pair for pair in rating_pairs([folder], posts=10, seed=0)}
    assert set(by_post) == {"orchard", "long"}  # the other posts have no passage of 15 words
    orchard = by_post["orchard"]
    assert (orchard.source, orchard.variations) == (OLDEST, folder)
    assert orchard.variation == OLDEST.replace("oldest", "tallest").replace("bears", "gives")
    assert orchard.change == changed_words(orchard.source, orchard.variation)
    long = by_post["long"]
    assert long.source.startswith(("1: We moved", "2: We moved"))
    assert long.variation == long.source.replace("surprised", "startled")


def test_the_lines_of_a_list_stay_lines_and_what_looks_like_a_mark_stays(variations_folder):
    items = "- Oil <del>, a rag and twenty quiet minutes.\n- A chair that may get dirty & a lamp that may fall."
    variations_folder.posts[0]["text"] = f"What you need:\n\n{items}\n\nThat is all."
    variations_folder.variations[1]["text"] = f"What you need:\n\n{items.replace('quiet', 'calm')}\n\nThat is all."
    pairs = {pair.post_id: pair for pair in rating_pairs([variations_folder.write()], posts=10, seed=0)}
    assert pairs["orchard"].source == items
    assert pairs["orchard"].variation == items.replace("quiet", "calm")


def test_no_more_posts_than_asked_are_paired(variations_folder):
    folder = variations_folder.write()
    assert len(rating_pairs([folder], posts=1, seed=0)) == 1


def test_the_seed_draws_posts_and_passages(variations_folder):
    folder = variations_folder.write()
    drawn = [rating_pairs([folder], posts=10, seed=seed) for seed in range(20)]
    assert {tuple(pair.post_id for pair in pairs) for pairs in drawn} == {("orchard", "long"), ("long", "orchard")}
    assert {pair.source[:2] for pairs in drawn for pair in pairs if pair.post_id == "long"} == {"1:", "2:"}
    assert drawn[3] == rating_pairs([folder], posts=10, seed=3)


def test_folders_are_compared_on_the_same_passage_of_the_same_post(variations_folder, peer):
    ours = variations_folder.write()
    source = variations_folder.posts[0]["text"]
    theirs = peer("orchard", source.replace("library", "school").replace("autumn", "year"))
    first, second = rating_pairs([ours, theirs], posts=10, seed=0)
    assert (first.variations, second.variations) == (ours, theirs)
    assert first.source == second.source == OLDEST
    assert second.variation == OLDEST.replace("autumn", "year")


def test_folders_are_compared_where_they_changed_about_as_much(variations_folder, peer):
    ours = variations_folder.write()
    theirs = peer(
        "orchard", variations_folder.posts[0]["text"].replace("Apples were 12 cents each", "Pears went for 9")
    )
    with pytest.raises(UserError, match="no post has a changed passage of 15 to 100 words in every folder"):
        rating_pairs([ours, theirs], posts=10, seed=0)


def test_of_several_passages_the_one_changed_most_alike_is_taken(variations_folder, peer):
    variations_folder.variations[1]["text"] = (
        variations_folder.posts[0]["text"].replace("library", "school").replace("oldest", "tallest")
    )
    ours = variations_folder.write()
    # Two words of the first passage, one of the second, as in ours.
    told = variations_folder.posts[0]["text"].replace("forty neighbours", "fifty people").replace("fruit", "apples")
    assert [pair.source for pair in rating_pairs([ours, peer("orchard", told)], posts=10, seed=0)] == [OLDEST] * 2


def test_a_folder_that_names_no_dataset_is_refused(variations_folder):
    variations_folder.inputs = {}
    with pytest.raises(UserError, match="names no dataset"):
        rating_pairs([variations_folder.write()], posts=10, seed=0)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="not found"):
        rating_pairs([str(tmp_path / "none")], posts=10, seed=0)
