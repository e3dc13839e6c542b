"""Describes a dataset's tokenizer by four figures, each with its usual range and the source of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.report.template import figure, share

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class TokenizerMeasure:
    """A figure as it is shown, its meaning, its usual range, and the page that the range is from."""

    name: str
    value: str
    meaning: str
    usual: str
    source: str
    url: str


_SENTENCEPIECE = {"source": "SentencePiece, training options", "url": "https://github.com/google/sentencepiece"}


def tokenizer_measures(statistics: Mapping[str, Any]) -> tuple[TokenizerMeasure, ...]:
    """Vocabulary, fertility, coverage and unknown rate; a dash for one that was not measured."""
    return (
        TokenizerMeasure(
            name="vocabulary",
            value=figure(statistics.get("vocab_size")),
            meaning="Pieces the tokenizer knows, special ones and single bytes included.",
            usual="8,000 to 32,000; a small corpus fills fewer than asked for.",
            **_SENTENCEPIECE,
        ),
        TokenizerMeasure(
            name="fertility",
            value=figure(statistics.get("fertility")),
            meaning="Pieces per word. 1 means that every word is one piece; the higher, the less text fits a segment.",
            usual="1.3 to 1.5 with 30,000 pieces or more made for the language, about 1.8 with a multilingual "
            "vocabulary (measured on German). Well above: the tokenizer was made for other texts.",
            source="GermanT5, tokenizer comparison",
            url="https://github.com/GermanT5/tokenizer",
        ),
        TokenizerMeasure(
            name="coverage",
            value=share(statistics.get("coverage")),
            meaning="Characters that stand in pieces. The others, such as rare emoji, are spelled byte by byte, which "
            "loses nothing and takes up to four pieces each.",
            usual="99.95% for rich scripts such as Chinese, nearly 100% for alphabets.",
            **_SENTENCEPIECE,
        ),
        TokenizerMeasure(
            name="unknown rate",
            value=share(statistics.get("unknown_rate")),
            meaning="Pieces that stand for text the tokenizer cannot spell; that text is lost to the model.",
            usual="0%, since bytes spell every character. Above 0%: a tokenizer without byte fallback was given.",
            **_SENTENCEPIECE,
        ),
    )
