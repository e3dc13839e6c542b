import math
from dataclasses import asdict

import pytest

from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, RADIUS_MEANINGS
from vae.evaluation.interpolation import interpolation
from vae.evaluation.metrics import MEASURED_PARTS, measure_model
from vae.evaluation.radius_curve import radius_curve
from vae.evaluation.reconstruction import by_length
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shards(dataset):
    return Dataset.open(dataset).shards("validation")


def test_texts_are_rows_of_all_buckets_without_end_marker_and_padding(shards, rows):
    texts = texts_of(shards, 1000, seed=0)
    assert sorted(texts) == sorted(rows[400:450])
    some = texts_of(shards, 20, seed=0)
    assert len(some) == 20
    assert 5 < sum(len(row) < 8 for row in some) < 15
    assert some == texts_of(shards, 20, seed=0)
    assert some != texts_of(shards, 20, seed=1)


def test_perplexity_is_per_word_with_one_end_marker_a_text(trained, shards):
    model = TextVAE.load(trained)
    metrics = measure_model(model, shards, texts=64, iw_texts=64, samples=2)
    assert metrics["nll_iw_texts"] == 50
    words = sum(len(text.split()) + 1 for text in model.tokenizer.decode(texts_of(shards, 64, seed=0)))
    assert metrics["ppl_word"] == pytest.approx(math.exp(50 * metrics["nll_iw"] / words))


def test_the_importance_weighted_bound_is_tighter_than_the_elbo(trained, shards):
    metrics = measure_model(TextVAE.load(trained), shards, texts=64, iw_texts=64, samples=20)
    assert -metrics["elbo"] - 10 < metrics["nll_iw"] < -metrics["elbo"]


def test_as_many_texts_as_asked_are_measured(trained, shards):
    metrics = measure_model(TextVAE.load(trained), shards, texts=10, iw_texts=5, samples=2)
    assert (metrics["texts"], metrics["mi_texts"], metrics["reconstruction_texts"]) == (50, 10, 10)
    assert (metrics["nll_iw_texts"], metrics["nll_iw_samples"]) == (5, 2)
    assert metrics["interpolation_paths"] == 10
    assert sum(quarter["texts"] for quarter in metrics["by_length"]) == 10


def test_a_bounded_measurement_scores_some_texts_at_some_radii_and_tells_of_every_part(trained, shards):
    parts = []
    metrics = measure_model(
        *(TextVAE.load(trained), shards),
        texts=10,
        iw_texts=5,
        samples=2,
        scored=20,
        radii=(0.0, 0.5),
        part_done=lambda: parts.append(1),
    )
    assert metrics["texts"] == 20
    assert [point["radius"] for point in metrics["radius_curve"]] == [0.0, 0.5]
    assert len(parts) == MEASURED_PARTS + 2


def test_figures_are_those_of_the_functions_that_measure_them(trained, shards):
    model = TextVAE.load(trained)
    metrics = measure_model(model, shards, texts=40, iw_texts=5, samples=2)
    rows = texts_of(shards, 40, seed=0)
    assert metrics["by_length"] == [asdict(quarter) for quarter in by_length(model, rows, seed=0)]
    between = asdict(interpolation(model, rows[:16]))
    assert {name: metrics[f"interpolation_{name}"] for name in between} == between
    assert metrics["hidden_nats"] == []
    assert metrics["radius_curve"][3] == asdict(radius_curve(model, rows, seed=0)[3])


def test_every_figure_with_a_meaning_is_measured(trained, shards):
    metrics = measure_model(TextVAE.load(trained), shards, texts=5, iw_texts=5, samples=2)
    assert set(FIGURE_DESCRIPTIONS) <= set(metrics)
    assert all(isinstance(metrics[name], int | float) for name in FIGURE_DESCRIPTIONS)
    assert all(set(RADIUS_MEANINGS) | {"radius"} == set(point) for point in metrics["radius_curve"])
