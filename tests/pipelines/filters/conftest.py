from types import SimpleNamespace

import pytest

from pipelines.filters.rule import Candidate

NOTHING_KNOWN = SimpleNamespace(ngrams=None, spans=None, device="cpu")


@pytest.fixture
def judge():
    """The verdict of a rule on one candidate."""

    def verdict(rule, text, *, source="A plain sentence.", change=0.3, model=NOTHING_KNOWN, **of_candidate):
        candidate = Candidate(source=source, text=text, change=change, **of_candidate)
        [value] = rule.measure([candidate], model)
        return None if value is None else rule.verdict(value)

    return verdict
