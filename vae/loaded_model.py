"""A trained model with its tokenizer: texts to latents and back, and the folder it is saved to and loaded from."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

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
from vae.settings import Settings, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor
    from typing_extensions import Self

    from vae.models.text_model import TextModel

_FORMAT = "blogvae-model/4"
OLDER = "blogvae-model/3"
"""Of release 0.1; its folders are read too."""

CONSTRAINTS = "constraints.safetensors"
KNOWN_BEFORE = ("ngrams.safetensors", "spans.safetensors")
"""What OLDER kept of its corpus beside the weights: only its hash is read."""


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
        """A model from its parts; `load` reads a folder.

        Args:
            module: the network.
            tokenizer: its own.
            settings: what it was made and trained with.
            unit: what a row of its dataset was, `segment` or `post`.
            calibration: radii for shares of changed words.
            languages: ISO 639 codes of what it was trained on; none where that is not known.
            labels: names of the labels it was conditioned on, by table.
            constraints: latents of the texts it was held to, (m, slots, dim).
        """
        self.module, self.tokenizer, self.settings = module.eval(), tokenizer, settings
        self.unit, self.calibration = unit, calibration or Calibration()
        self.languages = tuple(languages)
        self.labels = {table: list(names) for table, names in (labels or {}).items()}
        self.constraints = constraints

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "cpu") -> Self:
        """Reads a model folder, or a model that ships by its name: `base-en` is that, `./base-en` a folder.

        Weights are held in single precision, whatever the file's.

        Raises:
            UserError: a file is missing or not the one config.json names.
        """
        folder = shipped_folder(folder) or Path(folder)
        config = _read(folder / "config.json", lambda path: dict(json.loads(path.read_text())))
        weights = _read(folder / "model.safetensors", lambda path: read_weights(path.parent, device=device))
        tokenizer = _read(folder / "tokenizer" / "spm.model", Tokenizer.load)
        calibration = _read(folder / "calibration.json", lambda path: Calibration.from_json(path.read_text()))
        constraints = _read_if_there(folder / CONSTRAINTS, lambda path: load_file(path)["mean"])
        if config.get("format") not in {_FORMAT, OLDER}:
            raise UserError(
                f"{folder}/config.json is of format {config.get('format')!r}; "
                f"this release reads {_FORMAT!r} and {OLDER!r}"
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
            raise UserError(f"{folder}/model.safetensors does not fit config.json: {_line(error)}") from error
        before = [folder / name for name in KNOWN_BEFORE if config["format"] == OLDER and (folder / name).exists()]
        hashed = model.hash_with([path.read_bytes() for path in before]) if before else model.sha256
        if hashed != config.get("model_sha256"):
            raise UserError(
                f"{folder}/model.safetensors or a file beside it is not the one config.json names; train again"
            )
        return model

    def save(self, folder: str | Path, *, precision: Precision = "float32") -> None:
        """Writes weights, tokenizer, calibration, and last config.json, naming them.

        Weights are rounded to `precision`: the files are smaller, and the model is another by its hash.
        """
        folder = Path(folder)
        (folder / "config.json").unlink(missing_ok=True)
        (folder / "tokenizer").mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer" / "spm.model").write_bytes(self.tokenizer.model)
        weights = self.module.state_dict()
        write_weights(folder, weights, precision)
        (folder / "calibration.json").write_text(self.calibration.to_json())
        for name in (CONSTRAINTS, *KNOWN_BEFORE):  # those of another model, where it has some
            (folder / name).unlink(missing_ok=True)
        if self.constraints is not None:
            save_file({"mean": self.constraints.cpu().contiguous()}, folder / CONSTRAINTS)
        config = {**self.config(), "model_sha256": self._hash(rounded(weights, precision))}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    def config(self) -> dict[str, Any]:
        """What config.json holds."""
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

    @property
    def max_len(self) -> int:
        """Pieces in a segment, end marker included."""
        return self.module.max_len

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.module.bias.device

    @cached_property
    def decoder(self) -> TextModel:
        """The module as it decodes: a copy in 8 bits or bfloat16 where that is the faster precision."""
        return int8_decoder(self.module) if fast_int8(self.device.type) else self.reader

    @cached_property
    def reader(self) -> TextModel:
        """The module as it reads whole texts: a copy in bfloat16 where that is the faster precision."""
        return deepcopy(self.module).bfloat16() if fast_bf16(self.device.type) else self.module

    @cached_property
    def sha256(self) -> str:
        """Hash of tokenizer and weights: what `model_sha256` names in every variation."""
        return self.hash_with(())

    def hash_with(self, known: Sequence[bytes]) -> str:
        """Hash of tokenizer, weights and files between them."""
        return self._hash(self.module.state_dict(), known)

    def _hash(self, weights: Mapping[str, Tensor], known: Sequence[bytes] = ()) -> str:
        digest = hashlib.sha256(self.tokenizer.model)
        for part in known:
            digest.update(part)
        for name, weight in sorted(weights.items()):
            digest.update(name.encode())
            # As they are when loaded, so that a model has one hash whatever its file's precision.
            plain = weight.detach().cpu()
            digest.update((plain.float() if plain.is_floating_point() else plain).contiguous().numpy().data)
        return digest.hexdigest()

    @torch.inference_mode()
    def encode_ids(self, rows: Sequence[Sequence[int]], conditions: Tensor | None = None) -> Latents:
        """Posteriors of rows of piece ids (at most max_len - 1 each, without eos), in batches of few fixed shapes.

        `conditions` (n, labels) are label ids, as `label_ids` gives them.
        """
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
                told = None
                if conditions is not None:
                    told = torch.zeros(rows_at_once, conditions.shape[1], dtype=torch.long, device=self.device)
                    told[: len(chunk)] = conditions[chunk.to(conditions.device)]
                latents = self.module.encode(ids.to(self.device), lengths.to(self.device), told)[: len(chunk)]
                mean[chunk], log_var[chunk] = latents.mean, latents.log_var
        return Latents(mean, log_var)

    def _by_width(self, rows: Sequence[Sequence[int]]) -> dict[int, list[int]]:
        """Places of rows by the width they are padded to, a quarter of max_len or more: by its own length alone."""
        quarter = -(-self.max_len // 4)
        found: dict[int, list[int]] = {}
        for place, row in enumerate(rows):
            width = min(self.max_len, -(-(len(row) + 1) // quarter) * quarter)
            found.setdefault(width, []).append(place)
        return found

    def encode(self, texts: Sequence[str], *, labels: Mapping[str, str] | None = None) -> Latents:
        """Posteriors of short texts, mean and log_var of shape (n, slots, dim); `labels` are those of all of them.

        Raises:
            ValueError: a text is longer than a segment; `vary` takes texts of any length.
            UserError: a label the model was not trained with.
        """
        rows = self.tokenizer.encode([self.tokenizer.protect(" ".join(text.split())).masked for text in texts])
        for text, row in zip(texts, rows, strict=True):
            if len(row) >= self.max_len:
                raise ValueError(f"{len(row)} pieces do not fit a segment of {self.max_len - 1}: {text[:60]!r}")
        return self.encode_ids(rows, self.label_ids(labels, len(rows)))

    def decode(
        self, z: Tensor, decoding: Decoding | None = None, *, labels: Mapping[str, str] | None = None
    ) -> list[str]:
        """The text of each row of z (n, slots, dim), best piece by piece; numbers and URLs are placeholders."""
        conditions = self.label_ids(labels, len(z))
        rows = decode(self.decoder, z.to(self.device), decoding or Decoding(), conditions=conditions)
        return self.tokenizer.decode(rows)

    def sample(self, n: int, *, seed: int = 0, labels: Mapping[str, str] | None = None) -> list[str]:
        """Texts of `n` latents drawn from the prior; the same for the same seed."""
        shape = self.module.slots, self.module.dim
        noise = np.array([normal(shape, key=(seed, "sample", row)) for row in range(n)], np.float32).reshape(n, *shape)
        return self.decode(self.module.prior.sample(torch.from_numpy(noise).to(self.device)), labels=labels)

    def label_ids(self, labels: Mapping[str, str] | None, rows: int) -> Tensor | None:
        """The same labels for so many rows, (rows, tables), 0 where a table is not named; None without labels.

        Raises:
            UserError: a table or a label the model was not trained with.
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
                told = f"; did you mean {near[0]!r}?" if near else ""
                raise UserError(f"no {table} {name!r} among those the model was trained with{told}")
            ids[table] = self.labels[table].index(name) + 1
        return torch.tensor([list(ids.values())] * rows, device=self.device)


def _read(path: Path, read: Callable[[Path], Any]) -> Any:
    try:
        return read(path)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing, so there is no whole trained model; run `blogvae train`") from error
    except Exception as error:  # safetensors and json raise types of their own
        raise UserError(f"{path} is no file of a trained model: {_line(error)}") from error


def _read_if_there(path: Path, read: Callable[[Path], Any]) -> Any:
    return _read(path, read) if path.exists() else None


def _line(error: Exception) -> str:
    """The gist: torch tells all the weights that do not fit, in lines of their own."""
    return " ".join(" ".join(str(error).splitlines()[:2]).split())
