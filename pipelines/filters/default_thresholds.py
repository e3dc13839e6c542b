"""The thresholds of default.yaml, which is the one place where they stand."""

from __future__ import annotations

from importlib import resources
from typing import Any, Final

import yaml

_SECTIONS: Final[dict[str, Any]] = yaml.safe_load(
    resources.files("pipelines.filters").joinpath("default.yaml").read_bytes()
)


def default_threshold(rule: str, threshold: str) -> float:
    """The number that default.yaml gives for this threshold of this rule."""
    return float(_SECTIONS[rule][threshold])


def is_on_by_default(rule: str) -> bool:
    """Whether default.yaml has thresholds for the rule, and not `off`."""
    return _SECTIONS[rule] is not False
