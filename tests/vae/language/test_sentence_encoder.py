import torch

from vae.language.sentence_encoder import SentenceEncoder

TEXTS = [
    "The kettle began to whistle before she had found two clean cups.",
    "Water was boiling, and still there was nothing to drink it from.",
    "Install the package, then restart the server: the new settings are read only once.",
    "tea",
    "“Don’t wait up,” he wrote — naïve café visitors aside, nobody did. " * 12,
]
BEGINNINGS = [
    [-0.0447, 0.0160, 0.0411, 0.0601, -0.0671, 0.0380],
    [0.0346, 0.0629, -0.0397, 0.0749, 0.1029, -0.0488],
    [0.0506, -0.0980, -0.0625, 0.0346, -0.0337, 0.0108],
    [-0.0676, -0.0077, 0.0113, 0.0228, 0.0019, 0.0480],
    [-0.0140, 0.0218, 0.0473, 0.0043, -0.0425, 0.0410],
]
"""The first six numbers that the model in single precision gives, read with Hugging Face's transformers."""

COSINES = [[0.4076, 0.0686, 0.3531, 0.1169], [0.0215, 0.2596, 0.0945], [0.0300, 0.0617], [0.0888]]
"""The cosines of each text with the texts after it, by the same model."""


def test_vectors_are_close_to_those_of_the_model_in_single_precision():
    vectors = SentenceEncoder.load().embed(TEXTS)
    assert vectors.shape == (5, 384)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(5))
    assert torch.allclose(vectors[:, :6], torch.tensor(BEGINNINGS), atol=1e-2)
    cosines = vectors @ vectors.T
    for row, expected in enumerate(COSINES):
        assert torch.allclose(cosines[row, row + 1 :], torch.tensor(expected), atol=1e-2)


def test_a_vector_does_not_depend_on_the_texts_beside_it():
    encoder = SentenceEncoder.load()
    together = encoder.embed([*TEXTS, *TEXTS[:4] * 3])
    for row, text in enumerate(TEXTS):
        assert torch.equal(together[row], encoder.embed([text])[0])


def test_empty_texts_have_a_vector_and_no_texts_give_none():
    encoder = SentenceEncoder.load()
    assert encoder.embed([]).shape == (0, 384)
    assert torch.isfinite(encoder.embed(["", "   "])).all()
