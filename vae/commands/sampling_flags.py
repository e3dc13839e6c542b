"""Adds and reads the flags for how variations are made: their latents, their change, and how they are decoded."""

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
"""The methods of choosing pieces."""

_WHOLE = "prior"
"""The strategy that decodes whole segments; all others exchange words in place."""

DRAWING = ("temperature", "top-k", "top-p", "mbr")
"""The methods that draw pieces at random."""

KEEPS = ("names", "terms", "numbers", "urls")
"""What --keep can name. Numbers and URLs are placeholders to the model, so they stay in any case."""


def add_sampling_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that `sampling_of` reads."""
    add = parser.add_argument
    record = partial(add, action=RecordedFlag)
    record("--change", type=float, default=0.25, help="largest share of words that may change, 0 to 1")
    record(
        "--at-least",
        type=float,
        default=0.4,
        metavar="P",
        help="least probability, 0 to 1, that people accept an exchange; a higher one changes fewer words",
    )
    add("--strategy", default="neighbour", choices=_STRATEGIES, help="how new latents are made")
    add("--seed", type=int, default=0, help="random seed; another seed gives other variations")
    record("--vary-share", type=float, default=1.0, help="share of a text's segments to vary, 0 to 1")
    record(
        "--keep",
        default="names,terms",
        help=f"what stays unchanged, out of {', '.join(KEEPS)}; numbers and urls always do, and none keeps only them",
    )
    add(
        "--require",
        action="append",
        default=[],
        metavar="WORD",
        help="a word that stays in its place; may be given more than once",
    )
    add(
        "--ban",
        action="append",
        default=[],
        metavar="WORD",
        help="a word or phrase that no variation may add; may be given more than once",
    )
    add(
        "--label", action="append", default=[], metavar="TABLE=NAME", help="decode as a text of this category or author"
    )
    add("--near-text", action="append", default=[], metavar="TEXT", help="keep latents near this text, within --radius")
    record("--radius", type=float, help="largest root mean square distance to --near-text, such as 0.8")
    add("--bounds", metavar="LOW,HIGH", help="keep every dimension of latents between these two numbers")
    record("--partners", metavar="DIR", help="folder written by encode, for the strategies interpolate and attribute")
    record("--partner", metavar="POST_ID", help="post to interpolate to; without it, the nearest of the same category")
    record("--attribute", metavar="CATEGORY", help="category that the strategy attribute moves latents to")
    record(
        "--strength", type=float, default=0.5, help="how much of a step goes to --attribute, 0 to 1; the rest is random"
    )
    record("--decode", default="greedy", choices=METHODS, help="how --strategy prior chooses pieces")
    record("--temperature", type=float, default=1.0, help=f"temperature of the methods {', '.join(DRAWING)}")
    record("--top-k", type=int, default=50, help="how many of the likeliest pieces top-k draws from")
    record("--top-p", type=float, default=0.9, help="probability of the likeliest pieces that top-p draws from")
    record("--beams", type=int, default=4, help="how many beginnings of a text the method beam keeps")


def sampling_of(args: argparse.Namespace) -> Sampling:
    """Returns the settings of sampling that the flags give.

    Raises:
        UserError: a value is out of range or malformed, or a flag does nothing because another one is missing.
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
    """Returns for each flag what it needs to have an effect, and whether this sampling has that."""
    strategy, method = sampling.strategy, sampling.decoding.method
    in_place = (f"a --strategy other than {_WHOLE}", strategy != _WHOLE)
    return {
        **dict.fromkeys(("change", "at_least", "vary_share", "keep", "require"), in_place),
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
    """Returns the settings as plain data, for a manifest."""
    settings: dict[str, Any] = json.loads(json.dumps(asdict(sampling), default=sorted))
    decoding = settings.pop("decoding")
    return {**settings, "decode": decoding}


def _keep(argument: str) -> frozenset[str]:
    """Parses the value of --keep. Raises UserError for an unknown name."""
    names = frozenset(name.strip() for name in argument.split(",")) - {"", "none"}
    for name in sorted(names - set(KEEPS)):
        near = get_close_matches(name, KEEPS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UserError(f"--keep {name}: it knows {', '.join(KEEPS)} and none{hint}")
    return names


def _label(argument: str) -> tuple[str, str]:
    """Parses the value of --label into table and name. Raises UserError for another form."""
    table, equals, name = argument.partition("=")
    if not (table and equals and name):
        raise UserError(f"--label {argument}: expected TABLE=NAME, such as category=travel")
    return table, name


def _bounds(argument: str) -> tuple[float, float]:
    """Parses the value of --bounds into two numbers. Raises UserError for another form."""
    try:
        low, high = map(float, argument.split(","))
    except ValueError as error:
        raise UserError(f"--bounds {argument}: expected two numbers, such as -2,2") from error
    return low, high
