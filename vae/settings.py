"""Settings of a model, its objective and its training: frozen, named, read from a preset and `key=value` pairs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

import yaml

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """A recurrent text VAE.

    `slots` Gaussian variables of size `dim` stand for a segment; with one slot it reads the whole segment (the
    classical VAE), with more each reads and writes its own run of `max_len / slots` pieces.
    """

    cell: Literal["lstm", "gru"] = "lstm"
    embedding: int = 256
    hidden: int = 256
    slots: int = 16
    dim: int = 32
    dropout: float = 0.1


@dataclass(frozen=True, kw_only=True)
class ObjectiveSettings:
    """Reconstruction + beta * KL, in nats.

    `beta` is reached over the first `anneal` share of the steps, once (`linear`) or in four cycles (`cyclical`);
    `free_bits` is the KL in nats below which a dimension is not pressed; `word_dropout` the share of decoder
    inputs hidden from it, so that it must read the latent.
    """

    beta: float = 0.3
    schedule: Literal["linear", "cyclical"] = "linear"
    anneal: float = 0.3
    free_bits: float = 0.1
    word_dropout: float = 0.2


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How long and how fast.

    `batch_pieces` padded pieces make a step; training stops after `patience` validations (one an epoch, or
    every 1,000 steps) without gain. `precision` auto takes bf16 where the processor has it.
    """

    epochs: int = 10
    batch_pieces: int = 4096
    learning_rate: float = 2e-3
    warmup_steps: int = 100
    clip: float = 1.0
    patience: int = 5
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All three."""

    model: ModelSettings
    objective: ObjectiveSettings
    training: TrainingSettings

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Plain data, for config.json."""
        return asdict(self)


SECTIONS = {"model": ModelSettings, "objective": ObjectiveSettings, "training": TrainingSettings}


def presets() -> list[str]:
    """The names of the presets that ship."""
    return sorted(
        each.name.removesuffix(".yaml") for each in files("vae.presets").iterdir() if each.name.endswith(".yaml")
    )


def load_preset(name: str) -> Settings:
    """Raises UserError for a name that is no preset."""
    if name not in presets():
        raise UserError(f"no preset {name!r}; there are {', '.join(presets())}")
    return settings_from(yaml.safe_load(files("vae.presets").joinpath(f"{name}.yaml").read_text()))


def settings_from(data: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Settings from plain data. Raises UserError for an unknown section, key or a value of another type."""
    settings = Settings(model=ModelSettings(), objective=ObjectiveSettings(), training=TrainingSettings())
    return override(
        settings, (f"{section}.{key}={value}" for section, keys in data.items() for key, value in keys.items())
    )


def override(settings: Settings, pairs: Iterable[str]) -> Settings:
    """Settings with `section.key=value` pairs put in; the section may be left out. Raises UserError."""
    for pair in pairs:
        name, equals, text = pair.partition("=")
        section, _, key = name.rpartition(".")
        homes = [each for each, kind in SECTIONS.items() if key in {f.name for f in fields(kind)}]
        if not equals or not homes or (section and section not in homes):
            known = ", ".join(f"{each}.{f.name}" for each, kind in SECTIONS.items() for f in fields(kind))
            raise UserError(f"no setting {name!r} in {pair!r}; write key=value with a key among {known}")
        changed = replace(getattr(settings, homes[0]), **{key: _parse(SECTIONS[homes[0]], key, text)})
        settings = replace(settings, **{homes[0]: changed})
    return settings


def _parse(kind: type, key: str, text: str) -> Any:
    hint = get_type_hints(kind)[key]
    choices = get_args(hint)
    if choices:
        if text not in choices:
            raise UserError(f"{key}={text}: one of {', '.join(choices)}")
        return text
    try:
        return hint(text)
    except ValueError as error:
        raise UserError(f"{key}={text}: not {'a whole number' if hint is int else 'a number'}") from error
