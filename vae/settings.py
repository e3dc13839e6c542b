"""The settings of a model, its objective and its training, read from a preset and `key=value` pairs."""

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
    """Settings of the objective, which is reconstruction + beta * KL, in nats.

    Attributes:
        beta: the weight of the KL after annealing.
        schedule: whether the weight grows to `beta` once (`linear`) or in each of four cycles (`cyclical`).
        autoencoder: the share of the steps, the first ones, that have no KL. Then the decoder is initialised anew
            (Li et al. 2019, section 3).
        anneal: the share of the other steps over which the linear schedule grows.
        free_bits: nats of KL that cost nothing.
        free_bits_over: whether these nats are those of each dimension, or of each slot as a whole.
        word_dropout: the share of its inputs that the decoder does not see in training.
        slot_dropout: the share of the slots that the decoder does not see in training.
        latent_noise: standard deviation of the noise on z in training.
        constraint_weight: nats for each unit of squared distance beyond the threshold, from a posterior mean to the
            nearest constraint text.
        constraint_threshold: the squared distance that costs nothing.
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
    """Settings of the training.

    Attributes:
        epochs: number of epochs, where `steps` is 0.
        steps: number of steps; 0 leaves it to `epochs`.
        max_steps: the most steps of so many epochs; 0 for no such limit.
        batch_pieces: padded pieces of a step.
        accumulate: parts of a step that are computed one after the other, to save memory.
        optimizer: `adamw`, or `muon`: Muon for the matrices of layers and AdamW for all else.
        learning_rate: the largest, reached after `warmup_steps`.
        weight_decay: of the optimizer.
        warmup_steps: steps over which the learning rate grows.
        clip: the largest norm of the gradient; 0 for no limit.
        ema: decay of an exponential mean of the weights, which is what training leaves; 0 keeps none.
        patience: validations without a better `monitor` after which training stops. There is one every 1,000 steps, and
            at least one an epoch.
        monitor: the figure that selects the best weights: the objective, the ELBO, or the importance-weighted NLL.
        labels: the tables of labels that encoder and decoder are conditioned on.
        precision: `auto` is bf16-mixed where the processor is fast in bfloat16, else 32-true.
        compile: whether the network is compiled; `auto` compiles on a GPU.
        seed: of the weights, the order and all noise.
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
    """The settings of a model, its objective and its training."""

    model: ModelConfig
    objective: ObjectiveSettings
    training: TrainingSettings

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Returns the settings as plain data, for config.json."""
        sections = asdict(self)
        return {**sections, "model": {"family": self.model.family, **sections["model"]}}


DEFAULTS = Settings(model=RecurrentConfig(), objective=ObjectiveSettings(), training=TrainingSettings())


def presets() -> list[str]:
    """Returns the names of the presets that ship."""
    names = [file.name for file in files("vae.presets").iterdir()]
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def load_preset(name: str) -> Settings:
    """Reads the settings of a preset.

    Raises:
        UserError: there is no such preset.
    """
    if name not in presets():
        raise UserError(f"no preset {name!r}{_suggestion(name, presets())}; there are {', '.join(presets())}")
    return settings_from(yaml.safe_load(files("vae.presets").joinpath(f"{name}.yaml").read_text()))


def settings_from(data: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Makes settings of plain data; what the data lacks has its default.

    Raises:
        UserError: a section or key is unknown, or a value has another type or is out of its range.
    """
    settings = DEFAULTS
    for section, values in data.items():
        # The family comes first: it resets all other settings of the model.
        for key in sorted(values, key=lambda key: key != "family"):
            settings = _replaced(settings, f"{section}.{key}", values[key])
    return settings


def override(settings: Settings, pairs: Iterable[str]) -> Settings:
    """Replaces settings by the values of `section.key=value` pairs; the section may be left out.

    Raises:
        UserError: a pair has no value, its key is unknown, or its value has another type or is out of its range.
    """
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UserError(f"{pair!r} is no setting: write key=value")
        settings = _replaced(settings, name, text)
    return settings


def _replaced(settings: Settings, name: str, value: Any) -> Settings:
    """Replaces one setting; `model.family` resets all settings of the model to the defaults of that family."""
    section, _, key = name.rpartition(".")
    if key == "family" and section in {"", "model"}:
        if value not in TEXT_FAMILIES:
            families = ", ".join(TEXT_FAMILIES)
            raise UserError(f"no family {value!r}{_suggestion(value, TEXT_FAMILIES)}: one of {families}")
        return replace(settings, model=TEXT_FAMILIES[value]())
    parts = {part.name: getattr(settings, part.name) for part in fields(Settings)}
    full_names = sorted(f"{part}.{field.name}" for part, values in parts.items() for field in fields(values))
    full_name = next((full for full in full_names if name in {full, full.rpartition(".")[2]}), None)
    if full_name is None:
        names = full_names if section else sorted(full.rpartition(".")[2] for full in full_names)
        in_other_section = [other for other in names if other.endswith(f".{key}")]
        suggestion = _suggestion(name, in_other_section or names)
        raise UserError(f"no setting {name!r}{suggestion}; there are {', '.join(names)}")
    section = full_name.partition(".")[0]
    changed = replace(parts[section], **{key: _parse(type(parts[section]), key, value)})
    return replace(settings, **{section: changed})


def _parse(section: type, key: str, value: Any) -> Any:
    """Returns the value of a key of a section in the type of its field, checked against the field's bounds."""
    hint, items = get_type_hints(section)[key], (value,)
    is_tuple = get_origin(hint) is tuple
    if is_tuple:
        hint = get_args(hint)[0]
        items = tuple(value if isinstance(value, list | tuple) else filter(None, str(value).split(",")))
    parsed = tuple(_parse_item(hint, key, item) for item in items)
    limits = next(field.metadata for field in fields(section) if field.name == key)
    if limits and not (parsed and all(limits["low"] <= item <= limits["high"] and isfinite(item) for item in parsed)):
        most = "" if limits["high"] == float("inf") else f" and at most {limits['high']}"
        raise UserError(f"{key}={value}: must be at least {limits['low']}{most}")
    return parsed if is_tuple else parsed[0]


def _parse_item(hint: Any, key: str, value: Any) -> Any:
    """Returns a value in the type `hint`: a choice, a truth value or a number."""
    if get_origin(hint) is Literal:
        # YAML 1.1 reads a bare yes or no as a truth value.
        text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        if text not in get_args(hint):
            raise UserError(f"{key}={value}{_suggestion(text, get_args(hint))}: one of {', '.join(get_args(hint))}")
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


def _suggestion(name: object, names: Iterable[str]) -> str:
    """Returns a question for the nearest of the names, for the end of a message; empty where none is near."""
    near = get_close_matches(str(name), list(names), n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
