import pytest

from vae.decode.decoding import Decoding, decode
from vae.evaluation.reconstruction import bleu, reconstruction
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_equal_texts_have_bleu_100_and_texts_without_a_common_word_0(model, rows):
    assert bleu(model, rows[:10], rows[:10]) == pytest.approx(100)
    cats, dogs = model.tokenizer.encode(["Cats painted.", "dogs cleaned!"])
    assert bleu(model, [cats] * 5, [dogs] * 5) == pytest.approx(0)


def test_exact_match_is_the_share_of_texts_that_come_back_piece_by_piece(model, rows):
    decoded = decode(model.module, model.encode_ids(rows[:50]).mean, Decoding())
    exact = [row for row, rebuilt in zip(rows, decoded, strict=False) if row == rebuilt][:20]
    others = [[40, 41, 42, 43, 44, 45], [50, 40, 52, 40, 54]]
    of_all = reconstruction(model, [*exact, *others], seed=0)
    assert of_all.exact_match == pytest.approx(20 / 22)
    assert of_all.bleu_sampled < reconstruction(model, exact, seed=0).bleu == pytest.approx(100)


def test_the_sample_follows_from_the_seed(model, rows):
    sampled = [reconstruction(model, rows[:30], seed=seed).bleu_sampled for seed in (0, 0, 1)]
    assert sampled[0] == sampled[1] != sampled[2]
