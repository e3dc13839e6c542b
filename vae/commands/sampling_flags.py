"""The flags that say where variations come from, how far they go, what they keep and how they are decoded."""

from __future__ import annotations

import json
from dataclasses import asdict
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from vae.commands.idle_flags import RecordedFlag, refuse_idle_flags
from vae.errors import UserError

if TYPE_CHECKING:
    import argparse

    from vae.variation.sampling import Sampling

_STRATEGIES = ("neighbour", "posterior", "interpolate", "resample-slots", "attribute", "prior")
METHODS = ("greedy", "temperature", "top-k", "top-p", "beam", "mbr")
_WHOLE = "prior"
"""The strategy that decodes segments as a whole; the others exchange words in their places."""

DRAWING = ("temperature", "top-k", "top-p", "mbr")
"""The methods that draw pieces."""

KEEPS = ("names", "terms", "numbers", "urls")
"""Numbers and URLs are placeholders to the model, so they stay whether they are named or not."""


def add_sampling_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that sampling_of reads."""
    add = parser.add_argument
    noted = partial(add, action=RecordedFlag)
    noted("--change", type=float, default=0.25, help="share of words that may change, 0 to 1")
    noted(
        "--at-least",
        type=float,
        default=0.4,
        metavar="P",
        help="exchange only what people accept with this probability, 0 to 1; so less may change than --change allows",
    )
    add("--strategy", default="neighbour", choices=_STRATEGIES, help="where new latents come from")
    add("--seed", type=int, default=0, help="another seed, other variations")
    noted("--vary-share", type=float, default=1.0, help="share of a text's segments that are varied at all")
    noted(
        "--keep",
        default="names,terms",
        help=f"what stays as it is, of {', '.join(KEEPS)}; none keeps the last two alone",
    )
    add("--require", action="append", default=[], metavar="WORD", help="a word that stays where it stands")
    add("--ban", action="append", default=[], metavar="WORD", help="a word or phrase that no variation may bring")
    add("--label", action="append", default=[], metavar="TABLE=NAME", help="decode as of this category or author")
    add("--near-text", action="append", default=[], metavar="TEXT", help="hold latents near this text, by --radius")
    noted("--radius", type=float, help="of --near-text: root mean square distance, such as 0.8")
    add("--bounds", metavar="LOW,HIGH", help="hold every dimension of latents within these")
    noted("--partners", metavar="DIR", help="latents written by encode, for interpolate and attribute")
    noted("--partner", metavar="POST_ID", help="interpolate to this post; the nearest of the same category otherwise")
    noted("--attribute", metavar="CATEGORY", help="what the strategy attribute goes to")
    noted("--strength", type=float, default=0.5, help="share of attribute's step that goes there, 0 to 1")
    noted("--decode", default="greedy", choices=METHODS, help="with --strategy prior: how pieces are picked")
    noted("--temperature", type=float, default=1.0, help="of the methods that draw")
    noted("--top-k", type=int, default=50, help="pieces that top-k draws from")
    noted("--top-p", type=float, default=0.9, help="mass that top-p draws from")
    noted("--beams", type=int, default=4, help="beginnings that beam keeps")


def sampling_of(args: argparse.Namespace) -> Sampling:
    """What the flags ask for.

    Raises:
        UserError: a value is out of its range or has no such form, or a flag does nothing beside the others.
    """
    from vae.decode.decoding import Decoding  # noqa: PLC0415  (torch is slow to import, --help should not wait)
    from vae.variation.sampling import KEEPABLE, Sampling  # noqa: PLC0415

    for name in ("change", "at_least", "vary_share", "strength"):
        if not 0 <= getattr(args, name) <= 1:
            raise UserError(f"--{name.replace('_', '-')} {getattr(args, name)}: a share is between 0 and 1")
    sampling = Sampling(
        strategy=args.strategy,
        change=args.change,
        at_least=args.at_least,
        seed=args.seed,
        decoding=Decoding(
            method=args.decode,
            temperature=args.temperature,
            top_k=args.top_k,
            top_p=args.top_p,
            beams=args.beams,
            banned=tuple(args.ban),
        ),
        vary_share=args.vary_share,
        keep=_keep(args.keep) & frozenset(KEEPABLE),
        required=tuple(args.require),
        partners=args.partners,
        partner=args.partner,
        attribute=args.attribute,
        strength=args.strength,
        labels=tuple(_label(label) for label in args.label),
        near_texts=tuple(args.near_text),
        radius=args.radius,
        bounds=None if args.bounds is None else _bounds(args.bounds),
    )
    refuse_idle_flags(args, _needs(sampling))
    return sampling


def _needs(sampling: Sampling) -> dict[str, tuple[str, bool]]:
    """What a flag needs to do anything, and whether this sampling has it."""
    strategy, method = sampling.strategy, sampling.decoding.method
    another = (f"a --strategy other than {_WHOLE}", strategy != _WHOLE)
    return {
        **dict.fromkeys(("change", "at_least", "vary_share", "keep", "require"), another),
        "radius": ("--near-text", bool(sampling.near_texts)),
        "partners": ("--strategy interpolate or attribute", strategy in {"interpolate", "attribute"}),
        "partner": ("--strategy interpolate", strategy == "interpolate"),
        **dict.fromkeys(("attribute", "strength"), ("--strategy attribute", strategy == "attribute")),
        "temperature": (f"--decode {', '.join(DRAWING[:-1])} or {DRAWING[-1]}", method in DRAWING),
        "top_k": ("--decode top-k", method == "top-k"),
        "top_p": ("--decode top-p", method == "top-p"),
        "beams": ("--decode beam", method == "beam"),
        "decode": (f"--strategy {_WHOLE}", strategy == _WHOLE),
    }


def sampling_settings(sampling: Sampling) -> dict[str, Any]:
    """As plain data, for a manifest."""
    settings: dict[str, Any] = json.loads(json.dumps(asdict(sampling), default=sorted))
    return {**settings, "decode": settings.pop("decoding")}


def _keep(told: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in told.split(",")) - {"", "none"}
    for name in sorted(names - set(KEEPS)):
        near = get_close_matches(name, KEEPS, n=1)
        did = f"; did you mean {near[0]!r}?" if near else ""
        raise UserError(f"--keep {name}: it knows {', '.join(KEEPS)} and none{did}")
    return names


def _label(told: str) -> tuple[str, str]:
    table, equals, name = told.partition("=")
    if not (table and equals and name):
        raise UserError(f"--label {told}: expected TABLE=NAME, such as category=travel")
    return table, name


def _bounds(told: str) -> tuple[float, float]:
    try:
        low, high = map(float, told.split(","))
    except ValueError as error:
        raise UserError(f"--bounds {told}: expected two numbers, such as -2,2") from error
    return low, high
