"""Scores that can be had without the model that made the candidates: measured anew by the settings of today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems

from pipelines.augment.candidate_tables import CandidateUnit, read_candidates, stored_candidates, write_candidates
from pipelines.errors import UserError
from pipelines.filters.all_rules import measure_all, settings_of
from pipelines.filters.rule import Candidate
from pipelines.posts.texts import post_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Rule
    from vae.text_vae import TextVAE

BY_SETTINGS: Final = ("banned_words", "required_words", "profanity", "external")
"""Rules that measure by what stands in the rules file; a model has no part in it."""

BY_FILE: Final = ("profanity",)
"""Those of BY_SETTINGS that name a file, which may hold other words now."""

BY_SENTENCES: Final = ("similarity", "worst_sentence")
"""Rules that compare sentences by an encoder of their own, where they did not, or by another one."""

BESIDE_SOURCE: Final = ("profanity", "external", *BY_SENTENCES)
"""Those of all these that look at the post, too."""

_BLANK_LINES: Final = re.compile(r"\n\s*\n")


class MeasureAnew(beam.PTransform):
    """CandidateUnits to such whose scores by the given rules are of today; the units themselves without a rule."""

    def __init__(self, *, output: str, rules: Sequence[Rule], dataset: str) -> None:
        super().__init__()
        self.output, self.rules, self.dataset = output, tuple(rules), dataset

    def expand(self, units: Any) -> Any:
        """One element is one unit."""
        if not self.rules:
            return units
        return units | "MeasureUnit" >> beam.Map(
            measure_unit, output=self.output, rules=self.rules, dataset=self.dataset
        )


def to_measure(rules: Sequence[Rule], earlier: Mapping[str, Any]) -> list[Rule]:
    """Those of the rules whose stored scores are not what they would measure.

    Args:
        rules: by which candidates are to be judged.
        earlier: settings of the rules that measured them.

    Raises:
        UserError: a rule was off then, and cannot measure without the model.
    """
    now = settings_of(rules)
    for rule in rules:
        if rule.name not in {*BY_SETTINGS, *BY_SENTENCES} and not earlier.get(rule.name):
            raise UserError(
                f"{rule.name} was off when these candidates were measured: turn it off, or run augment with it"
            )
    return [rule for rule in rules if _differs(rule.name, now[rule.name], earlier.get(rule.name) or {})]


def _differs(rule: str, now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether a rule would measure something else now than by the settings of then, empty if it was off."""
    if rule in BY_SENTENCES:
        return not then or now.get("encoder") != then.get("encoder")
    return rule in BY_SETTINGS and (rule in BY_FILE or now != then)


def measure_unit(unit: CandidateUnit, *, output: str, rules: Sequence[Rule], dataset: str) -> CandidateUnit:
    """Stores one unit's candidates with their scores measured anew. Safe to repeat."""
    stored = stored_candidates(output, unit.name)
    if not FileSystems.exists(stored.paths[0]):
        table = read_candidates(unit)
        place = table.column_names.index("scores")
        write_candidates(output, unit.name, table.set_column(place, "scores", _scores(table, rules, dataset)))
    return stored


def _scores(table: pa.Table, rules: Sequence[Rule], dataset: str) -> pa.Array:
    post_ids, texts, languages, scores = (table[name].to_pylist() for name in ("post_id", "text", "language", "scores"))
    compared = any(rule.name in BESIDE_SOURCE for rule in rules)
    sources = post_texts(dataset, {*post_ids}) if compared else dict.fromkeys(post_ids, "")
    rows = [row for row, text in enumerate(texts) if text is not None]
    candidates = [_candidate(sources[post_ids[row]], texts[row], languages[row] or "") for row in rows]
    found = measure_all(candidates, rules, cast("TextVAE", None))
    names = [rule.name for rule in rules]
    for row, measured in zip(rows, found, strict=True):
        scores[row] |= {name: measured[name] for name in names}
    return pa.array(scores, table.schema.field("scores").type)


def _candidate(source: str, text: str, language: str) -> Candidate:
    """Its paragraphs stand for the segments, which are not stored; the whole text where their number differs."""
    old, new = (_BLANK_LINES.split(each) for each in (source, text))
    pairs = zip(old, new, strict=True) if len(old) == len(new) else [(source, text)]
    return Candidate(source=source, text=text, change=0.0, segments=tuple(pairs), language=language)
