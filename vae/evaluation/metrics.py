"""All figures of a model on a split, as metrics.json holds them."""

from __future__ import annotations

import math
import time
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from vae.data.split import batches_of, texts_of
from vae.data.streams import Stream
from vae.evaluation.hidden_nats import hidden_nats
from vae.evaluation.interpolation import interpolation
from vae.evaluation.likelihood import bounds, importance_weighted_nll, mutual_information
from vae.evaluation.radius_curve import radius_curve
from vae.evaluation.reconstruction import by_length, reconstruction
from vae.hardware import fast_precision
from vae.models.masked import MaskedVAE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vae.data.dataset import Shard
    from vae.data.text_batch import TextBatch
    from vae.loaded_model import LoadedModel


def measure_model(
    model: LoadedModel,
    shards: Sequence[Shard],
    *,
    texts: int,
    iw_texts: int,
    samples: int,
    seed: int = 0,
    labels: Sequence[str] = (),
) -> dict[str, Any]:
    """The figures of metrics.json; tokens_per_second is that of the bounds: texts encoded and scored, not trained on.

    Bounds and likelihood are given the texts' labels; whatever decodes goes without. Of a stream those two, and
    `hidden_nats`, are read off windows of it, all else off its segments.

    Args:
        model: on any device.
        shards: of the split.
        texts: at most so many for BLEU, MI and hidden_nats; a quarter of them for the radius curve, a sixteenth for
            interpolation, but not below 64 and 16, or below 16 and 4 where a decoder fills in whole texts anew.
        iw_texts: at most so many for the importance-weighted NLL.
        samples: of z for each of them.
        seed: of all noise.
        labels: columns of the shards that hold ids of the model's own labels.
    """
    device = model.device
    batches = (batch.to(device) for batch in batches_of(shards, batch_pieces=4096, seed=None, labels=labels))
    started = time.perf_counter()
    whole = bounds(model.module, batches, seed=seed)
    seconds = time.perf_counter() - started
    rows = texts_of(shards, texts, seed=seed)
    fewest = 16 if isinstance(model.module, MaskedVAE) else 64
    stepped, paths = max(fewest, texts // 4), max(fewest // 4, texts // 16)
    drawn = islice(batches_of(shards, batch_pieces=1, seed=seed, labels=labels), iw_texts)
    weighted, words = _weighted_nll(model, drawn, samples, seed)
    return {
        "texts": whole.texts,
        "nll_iw": sum(weighted) / len(weighted),
        "nll_iw_texts": len(weighted),
        "nll_iw_samples": samples,
        "elbo": whole.elbo,
        "reconstruction": whole.reconstruction,
        "kl": whole.kl,
        "mi": mutual_information(model.encode_ids(rows), seed=seed),
        "mi_texts": len(rows),
        "active_units": whole.active_units,
        "units": whole.units,
        "ppl_word": math.exp(sum(weighted) / words),
        **asdict(reconstruction(model, rows, seed=seed)),
        "reconstruction_texts": len(rows),
        "tokens_per_second": round(whole.pieces / seconds, 1),
        "by_length": [asdict(quarter) for quarter in by_length(model, rows, seed=seed)],
        **{f"interpolation_{name}": value for name, value in asdict(interpolation(model, rows[:paths])).items()},
        "interpolation_paths": len(rows[:paths]),
        "hidden_nats": _hidden_nats(model, shards, texts, seed),
        "radius_curve": [asdict(point) for point in radius_curve(model, rows[:stepped], seed=seed)],
    }


def _hidden_nats(model: LoadedModel, shards: Sequence[Shard], texts: int, seed: int) -> list[dict[str, float]]:
    """What a masked decoder pays for hidden pieces of about so many texts; none for other decoders."""
    if not isinstance(model.module, MaskedVAE):
        return []
    # Shards are drawn from: rows of one length lie together. The windows of a stream are drawn already.
    order = None if isinstance(shards[0], Stream) else seed
    drawn = _up_to(texts, batches_of(shards, batch_pieces=2048, seed=order))
    return [asdict(each) for each in hidden_nats(model.module, (batch.to(model.device) for batch in drawn), seed=seed)]


def _up_to(texts: int, batches: Iterable[TextBatch]) -> Iterator[TextBatch]:
    left = texts
    for batch in batches:
        yield batch[slice(left)] if len(batch) > left else batch
        left -= len(batch)
        if left <= 0:
            return


def _weighted_nll(model: LoadedModel, texts: Iterable[TextBatch], samples: int, seed: int) -> tuple[list[float], int]:
    """NLL of texts, one a batch, and their words with one end marker each.

    In bfloat16 where that is fast: on twelve sentences of the Penn Treebank it moved the mean by 0.0004 nats.
    """
    nats: list[float] = []
    words = 0
    for place, text in enumerate(texts):
        with fast_precision(model.device.type):
            found = importance_weighted_nll(model.module, text.to(model.device), samples=samples, seed=seed + place)
        nats += found.tolist()
        words += len(model.tokenizer.decode(text.ids.tolist())[0].split()) + 1
    return nats, words
