"""Measures stored candidates again by rules that need no model, where their settings have changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems

from pipelines.augment.candidate_tables import CandidateUnit, read_candidates, stored_candidates, write_candidates
from pipelines.errors import UserError
from pipelines.filters.all_rules import measure_all
from pipelines.filters.rule import Candidate, RemeasurableRule
from pipelines.posts.post_texts import post_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Rule
    from vae.text_vae import TextVAE

_BLANK_LINES: Final = re.compile(r"\n\s*\n")


class RemeasureUnits(beam.PTransform):
    """Measures the candidates of units again by the given rules; without rules, the units stay as they are."""

    def __init__(self, *, output: str, rules: Sequence[Rule], dataset: str) -> None:
        super().__init__()
        self.output, self.rules, self.dataset = output, tuple(rules), dataset

    def expand(self, units: Any) -> Any:
        """Takes one element for each unit."""
        if not self.rules:
            return units
        return units | "MeasureUnit" >> beam.Map(
            remeasure_unit, output=self.output, rules=self.rules, dataset=self.dataset
        )


def rules_to_remeasure(rules: Sequence[Rule], earlier: Mapping[str, Any]) -> list[Rule]:
    """The rules whose stored scores differ from what they would measure now.

    Args:
        rules: the rules that are to judge the candidates.
        earlier: the settings of the rules that measured the stored scores, by name; False for a rule that was off.

    Raises:
        UserError: a rule was off then, and cannot measure without the model.
    """
    for rule in rules:
        if not isinstance(rule, RemeasurableRule) and not earlier.get(rule.name):
            raise UserError(
                f"{rule.name} was off when these candidates were measured: turn it off, or run augment with it"
            )
    return [
        rule
        for rule in rules
        if isinstance(rule, RemeasurableRule) and not rule.measures_as(earlier.get(rule.name) or {})
    ]


def remeasure_unit(unit: CandidateUnit, *, output: str, rules: Sequence[Rule], dataset: str) -> CandidateUnit:
    """Stores one unit's candidates with the scores of these rules measured again. Safe to repeat."""
    stored = stored_candidates(output, unit.name, number=unit.number, part=unit.part)
    if not FileSystems.exists(stored.paths[0]):
        table = read_candidates(unit)
        place = table.column_names.index("scores")
        write_candidates(output, unit.name, table.set_column(place, "scores", _scores(table, rules, dataset)))
    return stored


def _scores(table: pa.Table, rules: Sequence[Rule], dataset: str) -> pa.Array:
    post_ids, texts, languages, scores = (table[name].to_pylist() for name in ("post_id", "text", "language", "scores"))
    reads_source = any(isinstance(rule, RemeasurableRule) and rule.reads_source for rule in rules)
    sources = post_texts(dataset, {*post_ids}) if reads_source else dict.fromkeys(post_ids, "")
    rows = [row for row, text in enumerate(texts) if text is not None]
    candidates = [_candidate(sources[post_ids[row]], texts[row], languages[row] or "") for row in rows]
    measured = measure_all(candidates, rules, cast("TextVAE", None))
    names = [rule.name for rule in rules]
    for row, values in zip(rows, measured, strict=True):
        scores[row] |= {name: values[name] for name in names}
    return pa.array(scores, table.schema.field("scores").type)


def _candidate(source: str, text: str, language: str) -> Candidate:
    """The candidate with its paragraphs in place of its segments, which are not stored.

    If post and text differ in their number of paragraphs, the whole text is one segment.
    """
    old, new = (_BLANK_LINES.split(whole) for whole in (source, text))
    pairs = zip(old, new, strict=True) if len(old) == len(new) else [(source, text)]
    return Candidate(source=source, text=text, change=0.0, segments=tuple(pairs), language=language)
