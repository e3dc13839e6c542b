"""Makes variations toward the classes of the training posts of one split, in blogvae's own Python.

It reads nothing but these posts and their latents, so that no test post can help.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from arms import KEPT, TOWARD
from evidence import ClassWords

from pipelines.augment.judging import load_judging
from pipelines.augment.vary_posts import VariedPost, VaryPlan, vary_posts
from pipelines.beam.local_model import CPU, loaded_model
from vae.variation.sampling import Sampling


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", required=True, choices=(TOWARD, KEPT))
    parser.add_argument("--posts", required=True, type=Path, metavar="FILE.parquet")
    parser.add_argument("--latents", metavar="DIR", help="latents of these posts, by blogvae encode")
    parser.add_argument("--model", required=True)
    parser.add_argument("--change", required=True, type=float)
    parser.add_argument("--per-post", required=True, type=int)
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.json")
    args = parser.parse_args()
    rows = pq.read_table(args.posts).to_pylist()
    labels = [row["category"][0] for row in rows]
    words = ClassWords([row["text"] for row in rows], labels)
    model, judging = loaded_model(args.model, CPU), load_judging(None, per_post=args.per_post)
    texts: dict[str, list[str]] = {}
    for label in sorted(set(labels)):
        guidance: dict[str, Any] = {"required": tuple(words.telling(label))}
        if args.kind == TOWARD:
            guidance = {"strategy": "attribute", "attribute": label, "partners": args.latents}
        plan = VaryPlan(sampling=Sampling(change=args.change, **guidance), judging=judging)
        varied = vary_posts([row for row, its in zip(rows, labels, strict=True) if its == label], model, plan)
        texts |= {each.post["post_id"]: _picked(each, plan) for each in varied}
    args.output.write_text(json.dumps(texts), encoding="utf-8")


def _picked(varied: VariedPost, plan: VaryPlan) -> list[str]:
    """Returns the texts of the variations that augment would select."""
    passed = [candidate for candidate in varied.candidates if candidate.passed]
    texts = [candidate.assembled.text for candidate in passed]
    return [texts[place] for place in plan.judging.pick(texts, [candidate.scores for candidate in passed])]


if __name__ == "__main__":
    main()
