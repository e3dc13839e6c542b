from types import SimpleNamespace

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.testing.util import assert_that, equal_to

from pipelines.augment import vary_posts, vary_units
from pipelines.augment.candidate_tables import (
    CANDIDATES_SCHEMA,
    ERROR,
    candidates_path,
    read_candidates,
    stored_candidates,
)
from pipelines.augment.judging import Judging
from pipelines.augment.posts_made import tell_made
from pipelines.augment.vary_posts import VaryPlan
from pipelines.augment.vary_units import RUN_COUNTERS, VaryHandler, VaryUnits, vary_unit
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.clean.clean import clean
from pipelines.filters.copy import Copy
from pipelines.filters.selection import Selection
from pipelines.posts.posts_units import PostsUnit
from pipelines.posts.schemas import POSTS_SCHEMA
from vae.variation.sampling import Sampling
from vae.variation.variation import Edit, Variation

PLAN = VaryPlan(
    sampling=Sampling(change=0.4, seed=7), judging=Judging(rules=(Copy(),), selection=Selection(), per_post=1)
)


EDITS_TYPE = (Edit(segment=0, start=1, old="cat", new="dog", probability=0.75),)


class Model(SimpleNamespace):
    """What Beam shares between threads it holds by weak references."""


@pytest.fixture
def model(tokenizer, monkeypatch):
    """Turns every segment into `The dog cleans the lamp.`; gives up on posts of the letter."""

    class Varier:
        def __init__(self, _model, sampling, *, made):
            self.sampling, self.made = sampling, made

        def __call__(self, texts, *, keys, categories, languages):
            if any("letter" in segment.text for text in texts for segment in text):
                raise MemoryError("no letters")
            self.made(keys[0][0])
            segments = [("The dog cleans the lamp.",) * len(text) for text in texts]
            return [Variation(segments=each, change=0.0, segments_changed=0, edits=EDITS_TYPE) for each in segments]

    monkeypatch.setattr(vary_posts, "VariationMaker", Varier)
    return Model(unit="segment", tokenizer=tokenizer, max_len=16, sha256="abc")


@pytest.fixture
def units(tmp_path):
    """Three posts, two units."""
    texts = {"1": "The cat cleans the lamp.", "2": "The letter counts.", "3": "The bird mends the lamp."}
    rows = [
        {
            "post_id": post_id,
            "title": f"Title {post_id}",
            "author": "Jane",
            "category": ["home"],
            "language": "en",
            "blocks": [block._asdict() for block in clean(text)],
        }
        for post_id, text in texts.items()
    ]
    path = str(tmp_path / "posts.parquet")
    pq.write_table(pa.Table.from_pylist(rows, POSTS_SCHEMA), path, row_group_size=2)
    return [
        PostsUnit(number=31 + group, fingerprint=f"unit{group}", path=path, group=group, take=2 - group)
        for group in (0, 1)
    ]


def test_a_unit_is_stored_as_candidates_with_their_posts_metadata(units, model, tmp_path):
    stored = vary_unit(units[0], output=str(tmp_path), model=model, plan=PLAN)
    assert stored == stored_candidates(str(tmp_path), "unit0", number=31, part=0)
    table = read_candidates(stored)
    assert table.schema == CANDIDATES_SCHEMA
    made, broken = table.to_pylist()
    scores = made.pop("scores")
    assert {name: value for name, value in scores.items() if value is not None} == {"copy": pytest.approx(0.2)}
    about = {"title": "Title 1", "author": "Jane", "date": None, "category": ["home"], "tags": None, "language": "en"}
    how = {"strategy": "neighbour", "seed": 7, "change_requested": 0.4, "model_sha256": "abc"}
    assert made == {
        "post_id": "1",
        "candidate": 1,
        "text": "The dog cleans the lamp.",
        **about,
        **how,
        "change_measured": pytest.approx(0.2),
        "segments_changed": 1,
        "rule": None,
        "reason": None,
        "edits": [{"segment": 0, "start": 1, "old": "cat", "new": "dog", "probability": 0.75}],
    }
    nothing = ("candidate", "text", "change_measured", "segments_changed", "scores", "edits")
    assert broken == {
        "post_id": "2",
        **dict.fromkeys(nothing),
        **about,
        "title": "Title 2",
        **how,
        "rule": ERROR,
        "reason": "MemoryError: no letters",
    }


def test_while_a_unit_is_varied_it_tells_how_far_it_is_and_then_no_more(units, model, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(vary_units, "tell_made", lambda path, posts: told.append((path, posts)))
    path = candidates_path(str(tmp_path), "unit1")
    tell_made(path, 1)
    vary_unit(units[1], output=str(tmp_path), model=model, plan=PLAN)
    assert told == [(path, 1)]
    assert not list(tmp_path.rglob("*.made"))


def handler(tmp_path, **options):
    settings = {"model": "model", "device": "cpu", "hints": {}, **options}
    return VaryUnits(output=str(tmp_path), plan=PLAN, **settings)


def test_units_become_stored_candidates_with_one_model_and_are_not_varied_again(units, model, tmp_path, monkeypatch):
    loaded = []
    monkeypatch.setattr(vary_units, "loaded_model", lambda *asked: loaded.append(asked) or model)

    def run():
        with beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline:
            stored = pipeline | beam.Create(units) | handler(tmp_path)
            assert_that(
                stored,
                equal_to(
                    [
                        stored_candidates(str(tmp_path), unit.fingerprint, number=unit.number, part=part)
                        for part, unit in enumerate(units)
                    ]
                ),
            )
        found = pipeline.result.metrics().query()["counters"]
        return {each.key.metric.name: each.committed for each in found if each.key.metric.name in RUN_COUNTERS}

    pieces = len(model.tokenizer.encode(["The dog cleans the lamp."])[0])
    assert run() == {"posts": 3, "candidates": 2, "passed": 2, "pieces": 2 * pieces}
    assert loaded == [("model", "cpu")]
    assert run() == {}


def test_a_remote_runner_is_asked_for_what_the_hints_say(units, tmp_path):
    hint = "type:nvidia-tesla-t4;count:1;install-nvidia-driver"
    pipeline = beam.Pipeline()
    _ = pipeline | beam.Create(units) | handler(tmp_path, hints={"accelerator": hint})
    proto, _ = pipeline.to_runner_api(return_context=True)
    hints = [
        environment.resource_hints["beam:resources:accelerator:v1"]
        for environment in proto.components.environments.values()
        if environment.resource_hints
    ]
    assert hints == [hint.encode()]


def test_a_batch_is_one_unit(tmp_path):
    inference = VaryHandler(output=str(tmp_path), model="model", device="cpu", plan=PLAN, hints={})
    assert inference.batch_elements_kwargs() == {"min_batch_size": 1, "max_batch_size": 1}
