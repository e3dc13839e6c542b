import pytest
import torch

from vae.language import sentence_encoder
from vae.models.configs import MaskedConfig
from vae.training.corpus_vectors import corpus_vectors
from vae.training.piece_vectors import meaning_vectors, piece_vectors, reads_meaning, word_begins


@pytest.fixture
def corpus(rows):
    width = max(map(len, rows))
    return [torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])]


@pytest.fixture
def embedded_texts(monkeypatch):
    """Replaces the sentence encoder by one that averages random vectors of letters; returns the texts it embeds."""
    embedded = []

    class Encoder:
        @staticmethod
        def load():
            return Encoder()

        def embed(self, texts):
            embedded.extend(texts)
            generator = torch.Generator().manual_seed(0)
            letters = torch.randn(256, 12, generator=generator)
            return torch.stack([letters[list(text.encode())].mean(0) for text in texts])

    monkeypatch.setattr(sentence_encoder, "SentenceEncoder", Encoder)
    return embedded


def test_without_meaning_the_vectors_are_those_counted_in_the_corpus(tokenizer, corpus):
    vectors = piece_vectors(tokenizer, corpus, MaskedConfig(usage=8, meaning=0))
    assert torch.equal(vectors, corpus_vectors(corpus, vocab_size=tokenizer.vocab_size, width=8))


@pytest.mark.usefixtures("embedded_texts")
def test_usage_and_meaning_have_the_same_length_and_padding_is_zero(tokenizer, corpus):
    vectors = piece_vectors(tokenizer, corpus, MaskedConfig(usage=8, meaning=4))
    assert vectors.shape == (tokenizer.vocab_size, 12)
    assert (vectors[0] == 0).all()
    for part in (vectors[1:, :8], vectors[1:, 8:]):
        torch.testing.assert_close(part.norm(dim=1), torch.full((len(vectors) - 1,), 2**-0.5))


def test_pieces_are_embedded_without_the_sign_of_a_space(tokenizer, embedded_texts):
    meaning_vectors(tokenizer, 4)
    assert embedded_texts[tokenizer.pieces.index("\u2581The")] == "The"
    assert embedded_texts[tokenizer.pieces.index("\u2581")] == "\u2581"


@pytest.mark.usefixtures("embedded_texts")
def test_meaning_is_the_plane_of_the_largest_variance(tokenizer):
    encoder = sentence_encoder.SentenceEncoder.load()
    embeddings = encoder.embed([piece.strip("\u2581") or piece for piece in tokenizer.pieces])
    centred = embeddings - embeddings.mean(0)
    _, _, axes = torch.pca_lowrank(centred[4:], q=12, niter=20)
    expected = torch.nn.functional.normalize(centred @ axes[:, :3], dim=1)
    vectors = meaning_vectors(tokenizer, 3)
    torch.testing.assert_close(vectors @ vectors.T, expected @ expected.T, atol=1e-3, rtol=0)
    assert torch.equal(vectors, meaning_vectors(tokenizer, 3))


def test_words_begin_with_pieces_after_a_space_placeholders_and_special_pieces(tokenizer):
    begins = word_begins(tokenizer)
    beginnings = {piece for piece, begin in zip(tokenizer.pieces, begins.tolist(), strict=True) if begin}
    assert {"<num>", "<url>", "\u2581The"} <= beginnings
    assert "\u2581" not in beginnings
    assert begins[:4].all()
    assert all(piece.startswith(("\u2581", "<")) for piece in beginnings)


@pytest.mark.parametrize(("languages", "reads"), [(["en"], True), ([], True), (["de"], False), (["en", "de"], False)])
def test_meaning_is_read_if_all_is_english_or_the_language_is_not_known(languages, reads):
    assert reads_meaning(languages) == reads
