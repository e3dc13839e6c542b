"""Settings of a model, its objective and its training: frozen, named, read from a preset and `key=value` pairs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import yaml

from vae.errors import UserError
from vae.models.configs import TEXT_FAMILIES, ModelConfig, RecurrentConfig, bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True)
class ObjectiveSettings:
    """Reconstruction + beta * KL, in nats.

    The first `autoencoder` share of the steps has no KL; then the decoder is made anew (Li et al. 2019, section 3).
    `beta` is reached over the next `anneal` share, once (`linear`) or in four cycles over the rest (`cyclical`).
    `free_bits` is the KL in nats below which a dimension, or a slot as a whole, is not pressed. `word_dropout` is
    the share of decoder inputs hidden from it, `slot_dropout` that of slots, `latent_noise` the standard deviation of
    noise on z: all in training alone. `constraint_weight` and `constraint_threshold` are those of the hinge that
    holds posterior means to the nearest constraint text.
    """

    beta: float = bounded(0.3, low=0.0)
    schedule: Literal["linear", "cyclical"] = "linear"
    autoencoder: float = bounded(0.0, low=0.0, high=0.9)
    anneal: float = bounded(0.3, low=0.0, high=1.0)
    free_bits: float = bounded(0.1, low=0.0)
    free_bits_over: Literal["dimension", "slot"] = "dimension"
    word_dropout: float = bounded(0.2, low=0.0, high=1.0)
    slot_dropout: float = bounded(0.0, low=0.0, high=1.0)
    latent_noise: float = bounded(0.0, low=0.0)
    constraint_weight: float = bounded(100.0, low=0.0)
    constraint_threshold: float = bounded(0.5, low=0.0)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How long and how fast.

    `batch_pieces` padded pieces make a step, in `accumulate` parts. `optimizer` muon takes Muon for the matrices of
    layers and AdamW for all else. `steps` above 0 says how many there are, else
    `epochs` does, up to `max_steps` where that is above 0. Training stops after `patience` validations (one an epoch,
    or every 1,000 steps) without gain in `monitor`: the objective, the ELBO, or the importance-weighted NLL. `ema`
    above 0 keeps an exponential mean of the weights and leaves that. `labels` are the tables that encoder and decoder
    are conditioned on. `precision` auto takes bf16 where the processor is fast in it; `compile` auto compiles on a GPU.
    """

    epochs: int = bounded(10, low=1)
    steps: int = bounded(0, low=0)
    max_steps: int = bounded(0, low=0)
    batch_pieces: int = bounded(4096, low=1)
    accumulate: int = bounded(1, low=1)
    optimizer: Literal["adamw", "muon"] = "adamw"
    learning_rate: float = bounded(2e-3, low=0.0)
    weight_decay: float = bounded(0.01, low=0.0, high=1.0)
    warmup_steps: int = bounded(100, low=0)
    clip: float = bounded(1.0, low=0.0)
    ema: float = bounded(0.0, low=0.0, high=0.99999)
    patience: int = bounded(5, low=1)
    monitor: Literal["objective", "elbo", "nll_iw"] = "objective"
    labels: tuple[Literal["category", "author"], ...] = ()
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    compile: Literal["auto", "yes", "no"] = "auto"
    seed: int = bounded(0, low=0)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All three."""

    model: ModelConfig
    objective: ObjectiveSettings
    training: TrainingSettings

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Plain data, for config.json."""
        plain = asdict(self)
        return {**plain, "model": {"family": self.model.family, **plain["model"]}}


DEFAULTS = Settings(model=RecurrentConfig(), objective=ObjectiveSettings(), training=TrainingSettings())


def presets() -> list[str]:
    """The names of the presets that ship."""
    return sorted(
        each.name.removesuffix(".yaml") for each in files("vae.presets").iterdir() if each.name.endswith(".yaml")
    )


def load_preset(name: str) -> Settings:
    """Raises UserError for a name that is no preset."""
    if name not in presets():
        raise UserError(f"no preset {name!r}{_nearest(name, presets())}; there are {', '.join(presets())}")
    return settings_from(yaml.safe_load(files("vae.presets").joinpath(f"{name}.yaml").read_text()))


def settings_from(data: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Settings from plain data. Raises UserError for an unknown section, key or a value of another type."""
    settings = DEFAULTS
    for section, keys in data.items():
        for key in sorted(keys, key=lambda key: key != "family"):
            settings = _put(settings, f"{section}.{key}", keys[key])
    return settings


def override(settings: Settings, pairs: Iterable[str]) -> Settings:
    """Settings with `section.key=value` pairs put in; the section may be left out. Raises UserError."""
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UserError(f"{pair!r} is no setting: write key=value")
        settings = _put(settings, name, text)
    return settings


def _put(settings: Settings, name: str, value: Any) -> Settings:
    """`model.family` starts that family's settings from their defaults; any other key is checked and replaced."""
    section, _, key = name.rpartition(".")
    if key == "family" and section in {"", "model"}:
        if value not in TEXT_FAMILIES:
            raise UserError(f"no family {value!r}{_nearest(value, TEXT_FAMILIES)}: one of {', '.join(TEXT_FAMILIES)}")
        return replace(settings, model=TEXT_FAMILIES[value]())
    known = {f"{each.name}.{f.name}" for each in fields(Settings) for f in fields(getattr(settings, each.name))}
    home = next((each for each in sorted(known) if name in {each, each.rpartition(".")[2]}), None)
    if home is None:
        names = sorted(each if section else each.rpartition(".")[2] for each in known)
        elsewhere = [each for each in names if each.endswith(f".{key}")]
        raise UserError(f"no setting {name!r}{_nearest(name, elsewhere or names)}; there are {', '.join(names)}")
    section = home.partition(".")[0]
    part: Any = getattr(settings, section)
    changed = replace(part, **{key: _parse(type(part), key, value)})
    return replace(settings, **{section: changed})


def _parse(kind: type, key: str, value: Any) -> Any:
    hint, given = get_type_hints(kind)[key], (value,)
    several = get_origin(hint) is tuple
    if several:
        hint = get_args(hint)[0]
        given = tuple(value if isinstance(value, list | tuple) else filter(None, str(value).split(",")))
    parsed = tuple(_one(hint, key, each) for each in given)
    limits = next(field.metadata for field in fields(kind) if field.name == key)
    if limits and not (parsed and all(limits["low"] <= each <= limits["high"] and isfinite(each) for each in parsed)):
        most = "" if limits["high"] == float("inf") else f" and at most {limits['high']}"
        raise UserError(f"{key}={value}: must be at least {limits['low']}{most}")
    return parsed if several else parsed[0]


def _one(hint: Any, key: str, value: Any) -> Any:
    if get_origin(hint) is Literal:
        # YAML 1.1 reads a bare yes or no as a truth value.
        text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        if text not in get_args(hint):
            raise UserError(f"{key}={value}{_nearest(text, get_args(hint))}: one of {', '.join(get_args(hint))}")
        return text
    if hint is bool:
        truth = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())
        if truth is None:
            raise UserError(f"{key}={value}: true or false")
        return truth
    try:
        return hint(str(value))
    except ValueError as error:
        raise UserError(f"{key}={value}: not {'a whole number' if hint is int else 'a number'}") from error


def _nearest(name: object, names: Iterable[str]) -> str:
    near = get_close_matches(str(name), list(names), n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
