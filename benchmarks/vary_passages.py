"""Writes the variations of passages by one system as a file for nats.py and reading/sheet.py.

    python benchmarks/vary_passages.py --change 0.15 --at-least 0.5 --output OUT/ours.jsonl
    python benchmarks/vary_passages.py --change 0.15 --topics CORPORA/govblogs_topics.csv --output OUT/ours.jsonl

The passages are those of reading/passages.tsv, written for this project on everyday subjects. --passages names others
(a text file has one a line), and --topics adds as many paragraphs of posts that base-en was not trained on.

--system is `blogvae` by default, or one of these at the same change:

- `masked drawn`, `masked surest`: the model's own decoder as a masked language model, with latents that say nothing of
  the text (masked_alone.py). By how much ours is better, the latents and the ranker add.
- any of reading/peers.py ("WordNet synonyms", "nlpaug delete, cut at spaces"), tuned until they change as much. They
  need the environment of quality.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passages import EVERYDAY, held_out_passages, read_passages
from varied_passages import Varied, write_varied

from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passages import Passage

    from vae import TextVAE

OURS, MASKED = "blogvae", ("masked drawn", "masked surest")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", default=OURS, help=f"{OURS} by default")
    parser.add_argument("--name", help="the name in tables; the system and its settings by default")
    parser.add_argument("--model", default="base-en", metavar="DIR")
    parser.add_argument("--n", type=int, default=2, help="variations of each passage")
    parser.add_argument(
        "--change", type=float, default=0.15, help="the requested share of words; peers are tuned to reach it"
    )
    parser.add_argument("--at-least", type=float, metavar="P", help="as `blogvae vary` takes it")
    parser.add_argument("--seed", type=int, default=0)
    add_passages_arguments(parser)
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.jsonl")
    args = parser.parse_args()
    passages = passages_of(args)
    sources = [passage.text for passage in passages]
    started = time.process_time()
    if args.system == OURS:
        made = ours(loaded(args.model), sources, **sampling_settings(args))
    elif args.system in MASKED:
        from masked_alone import masked_alone  # noqa: PLC0415

        surest = args.system == MASKED[1]
        made = masked_alone(loaded(args.model), sources, n=args.n, change=args.change, seed=args.seed, surest=surest)
    else:
        made = peer(args.system, sources, n=args.n, change=args.change, seed=args.seed)
    took = time.process_time() - started
    name = args.name or " ".join(
        [args.system, *(f"{key} {value}" for key, value in sampling_settings(args).items() if key != "n")]
    )
    write_varied(
        args.output,
        (
            Varied(subject=passage.subject, source=passage.text, system=name, variations=variations)
            for passage, variations in zip(passages, made, strict=True)
        ),
    )
    changes = [changed_words(one, other) for one, row in zip(sources, made, strict=True) for other in row]
    print(
        f"{name}: {len(passages)} passages, {len(changes)} variations, {sum(changes) / len(changes):.3f} of the words "
        f"changed, {took:.1f} s of the processor",
        file=sys.stderr,
    )


def add_passages_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that name the passages."""
    parser.add_argument("--passages", type=Path, default=EVERYDAY, metavar="FILE")
    parser.add_argument("--topics", type=Path, metavar="FILE.csv", help="held-out posts to draw more passages from")
    parser.add_argument("--held-out", type=int, metavar="N", help="how many of these; as many as the others by default")


def passages_of(args: argparse.Namespace) -> list[Passage]:
    """Returns the passages of the file, then those of held-out posts."""
    passages = read_passages(args.passages)
    if args.topics:
        passages += held_out_passages(args.topics, count=args.held_out or len(passages), seed=0)
    return passages


def sampling_settings(args: argparse.Namespace) -> dict[str, Any]:
    """Returns the settings that `TextVAE.vary` gets."""
    floor = {} if args.at_least is None else {"at_least": args.at_least}
    return {"n": args.n, "change": args.change, **floor, "seed": args.seed}


def loaded(model: str) -> TextVAE:
    """Loads a model folder for one thread. Imports are local, since the environments of peers may lack them."""
    import torch  # noqa: PLC0415

    from vae import TextVAE  # noqa: PLC0415

    torch.set_num_threads(1)
    return TextVAE.load(model)


def ours(model: TextVAE, sources: Sequence[str], **named: Any) -> list[list[str]]:
    """Returns the texts of `TextVAE.vary` for each passage."""
    return [[variation.text for variation in row] for row in model.vary(sources, **named)]


def peer(name: str, sources: Sequence[str], *, n: int, change: float, seed: int) -> list[list[str]]:
    """Returns a peer's texts with this share of words changed. Ends the script if the peer cannot do that."""
    sys.path.append(str(EVERYDAY.parent))
    from peers import PEERS, tuned  # noqa: PLC0415

    if name not in PEERS:
        sys.exit(f"--system {name}: expected {', '.join((OURS, *MASKED, *PEERS))}")
    result = tuned(name, [(source,) for source in sources], change=change, count=n, seed=seed)
    if not result.reached:
        sys.exit(f"{name} cannot change {change} of the words: {result.changed:.3f} at {result.share:.3f}")
    return [[passages[0] for passages in row] for row in result.variations]


if __name__ == "__main__":
    main()
