import torch

from vae.variation.contextual_similarity import STEP, ReplacedSpan, branches

TEXT = (101, 5, 6, 7, 8, 102)


def test_candidates_stand_where_the_old_pieces_do():
    read = branches(TEXT, [ReplacedSpan(2, 4, ((20,), (21, 22, 23))), ReplacedSpan(4, 5, ((24,),))])
    assert read.ids[:11].tolist() == [*TEXT, 20, 21, 22, 23, 24]
    assert read.places[:11].tolist() == [0, 1, 2, 3, 4, 5, 2, 2, 3, 4, 4]
    assert len(read.ids) == STEP


def test_a_candidate_sees_the_text_and_itself():
    read = branches(TEXT, [ReplacedSpan(2, 4, ((20,), (21, 22)))])
    assert read.sees[0].nonzero()[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert read.sees[6].nonzero()[:, 0].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert read.sees[8].nonzero()[:, 0].tolist() == [0, 1, 2, 3, 4, 5, 7, 8]
    assert read.sees.any(1).all()


def test_old_and_new_are_means_over_pieces():
    read = branches(TEXT, [ReplacedSpan(2, 4, ((20,), (21, 22)))])
    assert read.old[1].nonzero()[:, 0].tolist() == [2, 3]
    assert read.new[1].nonzero()[:, 0].tolist() == [7, 8]
    assert torch.equal(read.old.sum(1), torch.ones(2))
    assert torch.equal(read.new.sum(1), torch.ones(2))
