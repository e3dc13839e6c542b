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
def reads(tokenizer, monkeypatch):
    """A sentence encoder that reads a text's length and letters; the texts it was given."""
    read = []

    class Encoder:
        @staticmethod
        def load():
            return Encoder()

        def embed(self, texts):
            read.extend(texts)
            generator = torch.Generator().manual_seed(0)
            letters = torch.randn(256, 12, generator=generator)
            return torch.stack([letters[list(text.encode())].mean(0) for text in texts])

    monkeypatch.setattr(sentence_encoder, "SentenceEncoder", Encoder)
    return read


def test_usage_alone_is_what_is_counted_in_the_corpus(tokenizer, corpus):
    found = piece_vectors(tokenizer, corpus, MaskedConfig(usage=8, meaning=0))
    assert torch.equal(found, corpus_vectors(corpus, vocab_size=tokenizer.vocab_size, width=8))


def test_usage_and_meaning_weigh_the_same_and_padding_is_nothing(tokenizer, corpus, reads):
    found = piece_vectors(tokenizer, corpus, MaskedConfig(usage=8, meaning=4))
    assert found.shape == (tokenizer.vocab_size, 12)
    assert (found[0] == 0).all()
    for part in (found[1:, :8], found[1:, 8:]):
        torch.testing.assert_close(part.norm(dim=1), torch.full((len(found) - 1,), 2**-0.5))


def test_pieces_are_read_without_the_sign_of_a_space(tokenizer, reads):
    meaning_vectors(tokenizer, 4)
    assert reads[tokenizer.pieces.index("\u2581The")] == "The"
    assert reads[tokenizer.pieces.index("\u2581")] == "\u2581"


def test_meaning_is_the_plane_of_the_largest_variance(tokenizer, reads):
    encoder = sentence_encoder.SentenceEncoder.load()
    read = encoder.embed([piece.strip("\u2581") or piece for piece in tokenizer.pieces])
    centred = read - read.mean(0)
    _, _, axes = torch.pca_lowrank(centred[4:], q=12, niter=20)
    expected = torch.nn.functional.normalize(centred @ axes[:, :3], dim=1)
    found = meaning_vectors(tokenizer, 3)
    torch.testing.assert_close(found @ found.T, expected @ expected.T, atol=1e-3, rtol=0)
    assert torch.equal(found, meaning_vectors(tokenizer, 3))


def test_words_begin_with_their_first_piece_placeholders_and_special_pieces(tokenizer):
    found = word_begins(tokenizer)
    begun = {piece for piece, begins in zip(tokenizer.pieces, found.tolist(), strict=True) if begins}
    assert {"<num>", "<url>", "\u2581The"} <= begun
    assert "\u2581" not in begun
    assert found[:4].all()
    assert all(piece.startswith(("\u2581", "<")) for piece in begun)


@pytest.mark.parametrize(("languages", "reads"), [(["en"], True), ([], True), (["de"], False), (["en", "de"], False)])
def test_meaning_is_read_where_all_is_english_or_nothing_is_known(languages, reads):
    assert reads_meaning(languages) == reads
