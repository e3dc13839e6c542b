import zlib

import pytest
import torch

from pipelines.filters import sentence_cosines
from pipelines.filters.rule import Candidate


@pytest.fixture
def judge():
    """The verdict of a rule on one candidate."""

    def verdict(rule, text, *, source="A plain sentence.", change=0.3, model=None, **of_candidate):
        candidate = Candidate(source=source, text=text, change=change, **of_candidate)
        [value] = rule.measure([candidate], model)
        return None if value is None else rule.verdict(value)

    return verdict


@pytest.fixture
def embedded(monkeypatch):
    """Stands for the encoder that ships: unit vectors by how often each word stands there. Gives the texts it read."""
    read = []

    def embed(texts):
        read.extend(texts)
        vectors = torch.zeros(len(texts), 997, dtype=torch.float64)
        vectors[:, -1] = 1e-6  # of a text without words
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                row[zlib.crc32(word.encode()) % 996] += 1
        return vectors / vectors.norm(dim=1, keepdim=True)

    sentence_cosines._vectors.cache_clear()
    monkeypatch.setattr(sentence_cosines, "_shipped", lambda: embed)
    yield read
    sentence_cosines._vectors.cache_clear()
