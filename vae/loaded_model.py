"""A trained model with its tokenizer: it encodes and decodes texts, and is saved to and loaded from a folder."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from tokenizer.tokenizer import EOS, Tokenizer
from vae.decode.decoding import Decoding, decode
from vae.decode.int8 import fast_int8, int8_decoder
from vae.errors import UserError
from vae.hardware import fast_bf16
from vae.latent.calibration import Calibration
from vae.latent.gaussian import Latents
from vae.latent.noise import normal
from vae.model_folder.shipped import shipped_folder
from vae.model_folder.weights import Precision, read_weights, rounded, write_weights
from vae.models.families import loaded_text_model
from vae.models.masked import MaskedVAE
from vae.packed_linear import PackedLinear, pack_layers
from vae.settings import Settings, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor
    from typing_extensions import Self

    from vae.models.text_model import TextModel

_FORMAT = "blogvae-model/4"
_OLDER_FORMAT = "blogvae-model/3"
"""Folders of this format are read too."""

_CONSTRAINTS = "constraints.safetensors"
_OLDER_FILES = ("ngrams.safetensors", "spans.safetensors")
"""Files of a folder of _OLDER_FORMAT that are part of its hash and are not used any more."""

_REMEMBERED = 4096
"""The number of rows whose posteriors are remembered; those of base-en take 17 KB each. A unit of `augment` has about
so many."""

_MADE_ANEW = frozenset({"decoder", "reader", "_read_row"})
"""Attributes that follow from the others."""


class LoadedModel:
    """A trained model with its tokenizer and calibration, on one device."""

    def __init__(
        self,
        module: TextModel,
        tokenizer: Tokenizer,
        settings: Settings,
        *,
        unit: str = "segment",
        calibration: Calibration | None = None,
        languages: Sequence[str] = (),
        labels: Mapping[str, Sequence[str]] | None = None,
        constraints: Tensor | None = None,
    ) -> None:
        """Makes a model of its parts; `load` reads it from a folder.

        Args:
            module: the network.
            tokenizer: the tokenizer that the network was trained with.
            settings: settings of the network and its training.
            unit: what a row of its dataset was, `segment` or `post`.
            calibration: which radius changes which share of the words.
            languages: ISO 639 codes of the languages it was trained on; empty where they are not known.
            labels: for each table, the names of the labels that it was conditioned on.
            constraints: latents of the constraint texts it was trained with, (m, slots, dim).
        """
        self.module, self.tokenizer, self.settings = module.eval(), tokenizer, settings
        self.unit, self.calibration = unit, calibration or Calibration()
        self.languages = tuple(languages)
        self.labels = {table: list(names) for table, names in (labels or {}).items()}
        self.constraints = constraints

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "cpu") -> Self:
        """Reads a model from its folder, or a model that ships by its name.

        The name `base-en` is that of a model that ships, and `./base-en` is a folder. Weights are in single precision
        in memory, whatever the precision of the file.

        >>> LoadedModel.load("base-en").max_len
        128

        Raises:
            UserError: a file is missing or broken, or is not the one that config.json names.
        """
        shipped = shipped_folder(folder)
        folder = shipped or Path(folder)
        config = _read(folder / "config.json", lambda path: dict(json.loads(path.read_text())))
        weights = _read(folder / "model.safetensors", lambda path: read_weights(path.parent, device=device))
        tokenizer = _read(folder / "tokenizer" / "spm.model", Tokenizer.load)
        calibration = _read(folder / "calibration.json", lambda path: Calibration.from_json(path.read_text()))
        constraints = None
        if (folder / _CONSTRAINTS).exists():
            constraints = _read(folder / _CONSTRAINTS, lambda path: load_file(path)["mean"])
        if config.get("format") not in {_FORMAT, _OLDER_FORMAT}:
            raise UserError(
                f"{folder}/config.json is of format {config.get('format')!r}; "
                f"this release reads {_FORMAT!r} and {_OLDER_FORMAT!r}"
            )
        if tokenizer.sha256 != config.get("tokenizer_sha256"):
            raise UserError(f"{folder}/tokenizer/spm.model is not the tokenizer this model was trained with")
        try:
            settings = settings_from(config["settings"])
            module = loaded_text_model(
                settings.model,
                weights,
                vocab_size=config["vocab_size"],
                max_len=config["max_len"],
                labels=[len(names) for names in config["labels"].values()],
            )
            model = cls(
                module.to(device),
                tokenizer,
                settings,
                unit=config["unit"],
                calibration=calibration,
                languages=config.get("languages", ()),
                labels=config["labels"],
                constraints=constraints,
            )
        except UserError as error:
            raise UserError(f"{folder}/config.json: {error}") from error
        except (ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{folder}/model.safetensors does not fit config.json: {_first_lines(error)}") from error
        if shipped:  # its files are those that ship, so the weights need not be hashed again
            model.sha256 = config["model_sha256"]
            return model
        older_files = [folder / name for name in _OLDER_FILES if config["format"] == _OLDER_FORMAT]
        contents = [path.read_bytes() for path in older_files if path.exists()]
        sha256 = model.hash_with(contents) if contents else model.sha256
        if sha256 != config.get("model_sha256"):
            raise UserError(
                f"{folder}/model.safetensors or a file beside it is not the one config.json names; train again"
            )
        return model

    def save(self, folder: str | Path, *, precision: Precision = "float32") -> None:
        """Writes weights, tokenizer, calibration and constraints, and last config.json, which names their hashes.

        The weights are rounded to `precision`. Rounded weights make smaller files, and have another hash.
        """
        folder = Path(folder)
        (folder / "config.json").unlink(missing_ok=True)
        (folder / "tokenizer").mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer" / "spm.model").write_bytes(self.tokenizer.model)
        weights = self.module.state_dict()
        write_weights(folder, weights, precision)
        (folder / "calibration.json").write_text(self.calibration.to_json())
        for name in (_CONSTRAINTS, *_OLDER_FILES):  # the folder may have held another model
            (folder / name).unlink(missing_ok=True)
        if self.constraints is not None:
            save_file({"mean": self.constraints.cpu().contiguous()}, folder / _CONSTRAINTS)
        config = {**self.config(), "model_sha256": self._hash(rounded(weights, precision))}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    def config(self) -> dict[str, Any]:
        """Returns the contents of config.json."""
        return {
            "format": _FORMAT,
            "settings": self.settings.as_dict(),
            "vocab_size": self.module.vocab_size,
            "max_len": self.max_len,
            "unit": self.unit,
            "languages": list(self.languages),
            "labels": self.labels,
            "tokenizer_sha256": self.tokenizer.sha256,
            "model_sha256": self.sha256,
        }

    def __getstate__(self) -> dict[str, Any]:
        """Returns what a pickle holds: all but what is made anew where it is used, such as copies of the network."""
        return {name: value for name, value in self.__dict__.items() if name not in _MADE_ANEW}

    @property
    def max_len(self) -> int:
        """The most pieces of a segment, the end marker included."""
        return self.module.max_len

    @property
    def device(self) -> torch.device:
        """The device that the weights are on."""
        return self.module.bias.device

    @cached_property
    def decoder(self) -> TextModel:
        """The module that decodes: a copy in 8 bits or in bfloat16 where the processor is faster with it."""
        return int8_decoder(self.module) if fast_int8(self.device.type) else self.reader

    @cached_property
    def reader(self) -> TextModel:
        """The module that reads whole texts: a copy in bfloat16 where the processor is faster with it."""
        if not fast_bf16(self.device.type):
            return self.module
        weights = (*self.module.parameters(), *self.module.buffers())
        # A copy of the weights in single precision would take longer than their rounding.
        copied = deepcopy(self.module, {id(weight): _in_bfloat16(weight) for weight in weights})
        if isinstance(copied, MaskedVAE):
            for name, layer in self.module.named_modules():
                if isinstance(layer, nn.BatchNorm1d):  # its statistics stay exact
                    copied.set_submodule(name, layer)
            if self.device.type == "cpu":
                pack_layers(copied.encoder)
                pack_layers(copied.decoder)
                # This replaces the method alone: its weights are also the embedding's, which stays as it is.
                copied.scores = PackedLinear(copied.embedding.weight, copied.bias).forward  # type: ignore[assignment]
        return copied

    @cached_property
    def sha256(self) -> str:
        """The hash of tokenizer and weights, which every variation names as its `model_sha256`."""
        return self.hash_with(())

    def hash_with(self, files: Sequence[bytes]) -> str:
        """Returns the hash of the tokenizer, some other files and the weights, in this order."""
        return self._hash(self.module.state_dict(), files)

    def _hash(self, weights: Mapping[str, Tensor], files: Sequence[bytes] = ()) -> str:
        digest = hashlib.sha256(self.tokenizer.model)
        for content in files:
            digest.update(content)
        for name, weight in sorted(weights.items()):
            digest.update(name.encode())
            # Weights are hashed in single precision, as they are loaded, whatever the precision of the file.
            loaded = weight.detach().cpu()
            digest.update((loaded.float() if loaded.is_floating_point() else loaded).contiguous().numpy().data)
        return digest.hexdigest()

    def encode_ids(self, rows: Sequence[Sequence[int]], conditions: Tensor | None = None) -> Latents:
        """Encodes rows of piece ids to their posteriors, in batches of a few fixed shapes.

        Args:
            rows: the piece ids of each text without eos, at most max_len - 1.
            conditions: label ids, (n, tables), as `label_ids` returns them.
        """
        return self._encoded(self.module, rows, conditions)

    def read_ids(self, rows: Sequence[Sequence[int]]) -> Latents:
        """Encodes rows as `encode_ids` does; for a masked model the `reader` does, which is faster and rounds more.

        It remembers the posteriors of the rows that a masked model read last: a varied segment is read when its edits
        are verified, and again when the candidate is measured.
        """
        if not rows or not isinstance(self.module, MaskedVAE):
            return self._encoded(self.module, rows)
        read = [self._read_row(tuple(row)) for row in rows]
        return Latents(*(torch.cat(parts) for parts in zip(*((each.mean, each.log_var) for each in read), strict=True)))

    @cached_property
    def _read_row(self) -> Callable[[tuple[int, ...]], Latents]:
        """Returns the posterior of a row of piece ids by the reader, which is remembered."""
        return lru_cache(_REMEMBERED)(lambda row: self._encoded(self.reader, [row]))

    @torch.inference_mode()
    def _encoded(self, module: TextModel, rows: Sequence[Sequence[int]], conditions: Tensor | None = None) -> Latents:
        shape = (len(rows), self.module.slots, self.module.dim)
        rows_at_once = self.module.encode_rows
        mean, log_var = (torch.zeros(shape, device=self.device, dtype=self.module.bias.dtype) for _ in range(2))
        for width, places in self._by_width(rows).items():
            for start in range(0, len(places), rows_at_once):
                chunk = torch.tensor(places[start : start + rows_at_once])
                ids = torch.zeros(rows_at_once, width, dtype=torch.long)
                lengths = torch.ones(rows_at_once, dtype=torch.long)
                for line, place in enumerate(chunk.tolist()):
                    lengths[line] = len(rows[place]) + 1
                    ids[line, : int(lengths[line])] = torch.tensor([*rows[place], EOS])
                labels = None
                if conditions is not None:
                    labels = torch.zeros(rows_at_once, conditions.shape[1], dtype=torch.long, device=self.device)
                    labels[: len(chunk)] = conditions[chunk.to(conditions.device)]
                latents = module.encode(ids.to(self.device), lengths.to(self.device), labels)[: len(chunk)]
                mean[chunk], log_var[chunk] = latents.mean, latents.log_var
        return Latents(mean, log_var)

    def _by_width(self, rows: Sequence[Sequence[int]]) -> dict[int, list[int]]:
        """Returns the places of the rows that are padded to each width.

        A width is a multiple of a quarter of max_len. It depends on the length of the row alone.
        """
        quarter = -(-self.max_len // 4)
        places: dict[int, list[int]] = {}
        for place, row in enumerate(rows):
            width = min(self.max_len, -(-(len(row) + 1) // quarter) * quarter)
            places.setdefault(width, []).append(place)
        return places

    def encode(self, texts: Sequence[str], *, labels: Mapping[str, str] | None = None) -> Latents:
        """Encodes texts to their posteriors, with mean and log_var of shape (n, slots, dim).

        >>> model = LoadedModel.load("base-en")
        >>> model.encode(["The train was late again.", "We planted beans in May."]).mean.shape
        torch.Size([2, 33, 64])

        Args:
            texts: texts of at most one segment each.
            labels: for some tables, the label that all texts have.

        Raises:
            ValueError: a text is longer than a segment; `TextVAE.vary` takes texts of any length.
            UserError: the model was not trained with such a label.
        """
        rows = self.tokenizer.encode([self.tokenizer.protect(" ".join(text.split())).masked for text in texts])
        for text, row in zip(texts, rows, strict=True):
            if len(row) >= self.max_len:
                raise ValueError(f"{len(row)} pieces do not fit a segment of {self.max_len - 1}: {text[:60]!r}")
        return self.encode_ids(rows, self.label_ids(labels, len(rows)))

    def decode(
        self, z: Tensor, decoding: Decoding | None = None, *, labels: Mapping[str, str] | None = None
    ) -> list[str]:
        """Decodes each row of z (n, slots, dim) to a text, in which placeholders stand for numbers, URLs and code.

        >>> model = LoadedModel.load("base-en")
        >>> model.decode(model.encode(["The train was late again at 9."]).mean)
        ['The train was late again at <num>.']

        Args:
            z: latents.
            decoding: how pieces are chosen; None for the best piece at each place.
            labels: for some tables, the label that all texts have.

        Raises:
            UserError: the model was not trained with such a label, or its decoder does not support the method.
        """
        conditions = self.label_ids(labels, len(z))
        rows = decode(self.decoder, z.to(self.device), decoding or Decoding(), conditions=conditions)
        return self.tokenizer.decode(rows)

    def sample(self, n: int, *, seed: int = 0, labels: Mapping[str, str] | None = None) -> list[str]:
        """Decodes `n` latents drawn from the prior; the texts are the same for the same seed."""
        shape = self.module.slots, self.module.dim
        noise = np.array([normal(shape, key=(seed, "sample", row)) for row in range(n)], np.float32).reshape(n, *shape)
        return self.decode(self.module.prior.sample(torch.from_numpy(noise).to(self.device)), labels=labels)

    def label_ids(self, labels: Mapping[str, str] | None, rows: int) -> Tensor | None:
        """Returns the label ids of `rows` rows with the same labels, (rows, tables); None without labels.

        The id is 0 in a table that `labels` does not name.

        Raises:
            UserError: the model was not trained with such a table or label.
        """
        if not labels:
            return None
        ids = dict.fromkeys(self.labels, 0)
        for table, name in labels.items():
            if table not in self.labels:
                known = ", ".join(self.labels) or "none"
                raise UserError(f"the model was not trained with {table!r} as a label; its labels: {known}")
            if name not in self.labels[table]:
                near = get_close_matches(name, self.labels[table], n=1)
                suggestion = f"; did you mean {near[0]!r}?" if near else ""
                raise UserError(f"no {table} {name!r} among those the model was trained with{suggestion}")
            ids[table] = self.labels[table].index(name) + 1
        return torch.tensor([list(ids.values())] * rows, device=self.device)


def _in_bfloat16(weight: Tensor) -> Tensor:
    """Returns a weight in bfloat16, still a parameter if it is one; one of whole numbers stays as it is."""
    rounded = weight.detach().bfloat16() if weight.is_floating_point() else weight
    return nn.Parameter(rounded, requires_grad=weight.requires_grad) if isinstance(weight, nn.Parameter) else rounded


def _read(path: Path, read: Callable[[Path], Any]) -> Any:
    """Reads a file of a model with the function `read`.

    Raises:
        UserError: the file is missing, or `read` raises an error.
    """
    try:
        return read(path)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing, so there is no whole trained model; run `blogvae train`") from error
    except Exception as error:  # safetensors and json have their own types of errors
        raise UserError(f"{path} is no file of a trained model: {_first_lines(error)}") from error


def _first_lines(error: Exception) -> str:
    """Returns the first two lines of a message as one: torch lists every weight that does not fit on a line."""
    return " ".join(" ".join(str(error).splitlines()[:2]).split())
