"""Measures all figures of a model on a split, as metrics.json holds them."""

from __future__ import annotations

import math
import time
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from vae.data.split import batches_of, texts_of
from vae.data.streams import Stream
from vae.evaluation.hidden_nats import hidden_nats
from vae.evaluation.interpolation import interpolation
from vae.evaluation.likelihood import bounds, importance_weighted_nll, mutual_information
from vae.evaluation.measuring_bar import nothing
from vae.evaluation.radius_curve import radius_curve
from vae.evaluation.reconstruction import by_length, reconstruction
from vae.hardware import fast_precision
from vae.latent.calibration import RADII
from vae.models.masked import MaskedVAE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vae.data.dataset import Shard
    from vae.data.text_batch import TextBatch
    from vae.loaded_model import LoadedModel

MEASURED_PARTS: Final = 6
"""The parts of a measurement beside the radii: bounds, likelihood, reconstruction, its lengths, interpolation, nats."""


def measure_model(
    model: LoadedModel,
    shards: Sequence[Shard],
    *,
    texts: int,
    iw_texts: int,
    samples: int,
    seed: int = 0,
    labels: Sequence[str] = (),
    scored: int | None = None,
    radii: Sequence[float] = RADII,
    part_done: Callable[[], None] = nothing,
) -> dict[str, Any]:
    """Returns the figures of metrics.json.

    The bounds and the importance-weighted NLL are computed with the texts' labels, all that decodes without. In a
    stream, those two and `hidden_nats` are measured on windows, all else on segments. `tokens_per_second` is the speed
    of the bounds, which encode and score every text.

    Args:
        model: on any device.
        shards: of the split.
        texts: the largest number of texts for BLEU, MI and hidden_nats. The radius curve takes a quarter of them and
            interpolation a sixteenth, but at least 64 and 16 if there are so many, or 16 and 4 for a masked model,
            which decodes more slowly.
        iw_texts: the largest number of texts for the importance-weighted NLL.
        samples: how often z is drawn for each of those.
        seed: of all noise.
        labels: the columns of the shards that hold ids of the model's own labels.
        scored: the largest number of texts, drawn at random, for the bounds; None for all.
        radii: of the radius curve.
        part_done: called MEASURED_PARTS times and once for each radius.
    """
    device = model.device
    batches = (batch.to(device) for batch in _scored(shards, scored, seed, labels))
    started = time.perf_counter()
    of_split = bounds(model.module, batches, seed=seed)
    seconds = time.perf_counter() - started
    part_done()
    rows = texts_of(shards, texts, seed=seed)
    fewest = 16 if isinstance(model.module, MaskedVAE) else 64
    for_curve, paths = max(fewest, texts // 4), max(fewest // 4, texts // 16)
    drawn = islice(batches_of(shards, batch_pieces=1, seed=seed, labels=labels), iw_texts)
    nll, words = _weighted_nll(model, drawn, samples, seed)
    part_done()
    rebuilt = reconstruction(model, rows, seed=seed)
    part_done()
    quarters = by_length(model, rows, seed=seed)
    part_done()
    between = interpolation(model, rows[:paths])
    part_done()
    hidden = _hidden_nats(model, shards, texts, seed)
    part_done()
    return {
        "texts": of_split.texts,
        "nll_iw": sum(nll) / len(nll),
        "nll_iw_texts": len(nll),
        "nll_iw_samples": samples,
        "elbo": of_split.elbo,
        "reconstruction": of_split.reconstruction,
        "kl": of_split.kl,
        "mi": mutual_information(model.encode_ids(rows), seed=seed),
        "mi_texts": len(rows),
        "active_units": of_split.active_units,
        "units": of_split.units,
        "ppl_word": math.exp(sum(nll) / words),
        **asdict(rebuilt),
        "reconstruction_texts": len(rows),
        "tokens_per_second": round(of_split.pieces / seconds, 1),
        "by_length": [asdict(quarter) for quarter in quarters],
        **{f"interpolation_{name}": value for name, value in asdict(between).items()},
        "interpolation_paths": len(rows[:paths]),
        "hidden_nats": hidden,
        "radius_curve": [
            asdict(point)
            for point in radius_curve(model, rows[:for_curve], seed=seed, radii=radii, part_done=part_done)
        ],
    }


def _scored(shards: Sequence[Shard], scored: int | None, seed: int, labels: Sequence[str]) -> Iterable[TextBatch]:
    """Returns the batches of all texts, or of at most so many that are drawn at random."""
    if scored is None:
        return batches_of(shards, batch_pieces=4096, seed=None, labels=labels)
    # A batch holds texts of one length, so small batches are drawn.
    return _up_to(scored, batches_of(shards, batch_pieces=512, seed=seed, labels=labels))


def _hidden_nats(model: LoadedModel, shards: Sequence[Shard], texts: int, seed: int) -> list[dict[str, float]]:
    """Returns the figures of `hidden_nats` over at most so many texts, or none if the model is not masked."""
    if not isinstance(model.module, MaskedVAE):
        return []
    # Rows of one length lie together in a dataset, so batches are taken in random order; windows are in one already.
    order = None if isinstance(shards[0], Stream) else seed
    drawn = _up_to(texts, batches_of(shards, batch_pieces=2048, seed=order))
    figures = hidden_nats(model.module, (batch.to(model.device) for batch in drawn), seed=seed)
    return [asdict(figure) for figure in figures]


def _up_to(texts: int, batches: Iterable[TextBatch]) -> Iterator[TextBatch]:
    """Yields batches until there are so many texts, and cuts the last one."""
    left = texts
    for batch in batches:
        yield batch[slice(left)] if len(batch) > left else batch
        left -= len(batch)
        if left <= 0:
            return


def _weighted_nll(model: LoadedModel, texts: Iterable[TextBatch], samples: int, seed: int) -> tuple[list[float], int]:
    """Returns the NLL of each text, and the number of words with one end marker for each text.

    Each batch holds one text. The model runs in bfloat16 if that is fast on the device, which changed the mean of
    twelve sentences of the Penn Treebank by 0.0004 nats.
    """
    nats: list[float] = []
    words = 0
    for place, text in enumerate(texts):
        with fast_precision(model.device.type):
            nll = importance_weighted_nll(model.module, text.to(model.device), samples=samples, seed=seed + place)
        nats += nll.tolist()
        words += len(model.tokenizer.decode(text.ids.tolist())[0].split()) + 1
    return nats, words
