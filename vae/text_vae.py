"""Texts to latents and back: what a trained model offers to programs."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file

from tokenizer.segments import cut
from tokenizer.tokenizer import EOS, Tokenizer
from vae.calibration import Calibration
from vae.decode.decoding import BATCH, Decoding, decode
from vae.errors import UserError
from vae.latent.gaussian import Latents
from vae.latent.interpolate import slerp
from vae.lexicon import Lexicon
from vae.models.recurrent import RecurrentVAE
from vae.settings import Settings, settings_from
from vae.variation import Sampling, Variation, vary_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

FORMAT = "blogvae-model/1"
LEXICON = "lexicon.safetensors"


class TextVAE:
    """A trained model with its tokenizer and calibration, on one device."""

    def __init__(
        self,
        module: RecurrentVAE,
        tokenizer: Tokenizer,
        settings: Settings,
        *,
        unit: str = "segment",
        calibration: Calibration | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.module, self.tokenizer, self.settings = module.eval(), tokenizer, settings
        self.unit, self.calibration, self.lexicon = unit, calibration or Calibration(), lexicon

    @classmethod
    def load(cls, folder: str | Path, *, device: str = "cpu") -> TextVAE:
        """Reads a model folder.

        Raises:
            UserError: a file is missing or not the one config.json names.
        """
        folder = Path(folder)
        config = _read(folder / "config.json", lambda path: json.loads(path.read_text()))
        weights = _read(folder / "model.safetensors", lambda path: load_file(path, device=device))
        tokenizer = _read(folder / "tokenizer" / "spm.model", Tokenizer.load)
        calibration = _read(folder / "calibration.json", lambda path: Calibration.from_json(path.read_text()))
        lexicon = None
        if (folder / LEXICON).exists():
            lexicon = _read(folder / LEXICON, lambda path: Lexicon.from_bytes(path.read_bytes()))
        if config.get("format") != FORMAT:
            raise UserError(f"{folder}/config.json is of format {config.get('format')!r}, expected {FORMAT!r}")
        if tokenizer.sha256 != config["tokenizer_sha256"]:
            raise UserError(f"{folder}/tokenizer/spm.model is not the tokenizer this model was trained with")
        try:
            settings = settings_from(config["settings"])
            module = RecurrentVAE(settings.model, vocab_size=config["vocab_size"], max_len=config["max_len"])
            module.load_state_dict(weights)
        except (ValueError, RuntimeError) as error:
            raise UserError(f"{folder}/model.safetensors does not fit config.json: {error}") from error
        model = cls(
            module.to(device), tokenizer, settings, unit=config["unit"], calibration=calibration, lexicon=lexicon
        )
        if model.sha256 != config["model_sha256"]:
            raise UserError(f"{folder}/model.safetensors or {LEXICON} is not the file config.json names; train again")
        return model

    def save(self, folder: str | Path) -> None:
        """Writes model.safetensors, tokenizer/, lexicon, calibration and last config.json, which names them."""
        folder = Path(folder)
        (folder / "config.json").unlink(missing_ok=True)
        (folder / "tokenizer").mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer" / "spm.model").write_bytes(self.tokenizer.model)
        save_file(self._weights(), folder / "model.safetensors")
        (folder / "calibration.json").write_text(self.calibration.to_json())
        if self.lexicon:
            (folder / LEXICON).write_bytes(self.lexicon.to_bytes())
        (folder / "config.json").write_text(json.dumps(self.config(), indent=2) + "\n")

    def config(self) -> dict[str, Any]:
        """What config.json holds."""
        return {
            "format": FORMAT,
            "family": "recurrent",
            "settings": self.settings.as_dict(),
            "vocab_size": self.module.vocab_size,
            "max_len": self.max_len,
            "unit": self.unit,
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
    def sha256(self) -> str:
        """Hash of tokenizer, lexicon and weights: what `model_sha256` names in every variation."""
        digest = hashlib.sha256(self.tokenizer.model)
        digest.update(self.lexicon.to_bytes() if self.lexicon else b"")
        for name, weight in sorted(self._weights().items()):
            digest.update(name.encode())
            digest.update(weight.numpy().tobytes())
        return digest.hexdigest()

    def _weights(self) -> dict[str, Tensor]:
        return {name: weight.detach().cpu().contiguous() for name, weight in self.module.state_dict().items()}

    @torch.inference_mode()
    def encode_ids(self, rows: Sequence[Sequence[int]]) -> Latents:
        """Posteriors of rows of piece ids (at most max_len - 1 each, without eos), in batches of one fixed shape."""
        means, log_vars = [], []
        for start in range(0, len(rows), BATCH):
            chunk = rows[start : start + BATCH]
            ids = torch.zeros(BATCH, self.max_len, dtype=torch.long)
            lengths = torch.ones(BATCH, dtype=torch.long)
            for place, row in enumerate(chunk):
                ids[place, : len(row) + 1] = torch.tensor([*row, EOS])
                lengths[place] = len(row) + 1
            latents = self.module.encode(ids.to(self.device), lengths.to(self.device))[: len(chunk)]
            means.append(latents.mean)
            log_vars.append(latents.log_var)
        return Latents(torch.cat(means), torch.cat(log_vars))

    def encode(self, texts: Sequence[str]) -> Latents:
        """Posteriors of short texts, mean and log_var of shape (n, slots, dim).

        Raises:
            ValueError: a text is longer than a segment; `vary` takes texts of any length.
        """
        rows = self.tokenizer.encode([self.tokenizer.protect(" ".join(text.split())).masked for text in texts])
        for text, row in zip(texts, rows, strict=True):
            if len(row) >= self.max_len:
                raise ValueError(f"{len(row)} pieces do not fit a segment of {self.max_len - 1}: {text[:60]!r}")
        return self.encode_ids(rows)

    def decode(self, z: Tensor, decoding: Decoding | None = None) -> list[str]:
        """The text of each row of z (n, slots, dim), best piece by piece; numbers and URLs are placeholders."""
        return self.tokenizer.decode(decode(self.module, z.to(self.device), decoding or Decoding()))

    def interpolate(self, first: str, second: str, *, steps: int = 7) -> list[str]:
        """Texts along the great circle between two texts' means, both ends included."""
        ends = self.encode([first, second]).mean
        return self.decode(torch.stack([slerp(ends[0], ends[1], step / (steps - 1)) for step in range(steps)]))

    def vary(
        self, texts: Sequence[str], *, n: int = 5, change: float = 0.3, seed: int = 0, strategy: str = "neighbour"
    ) -> list[list[Variation]]:
        """`n` variations of each one-paragraph text, of about `change` changed words; the same for the same seed."""
        paragraphs = [" ".join(text.split()) for text in texts]
        segments = cut(paragraphs, tokenizer=self.tokenizer, max_len=self.max_len)
        sampling = Sampling(strategy=strategy, change=change, seed=seed)
        rounds = [
            vary_texts(self, segments, keys=[(text, variant) for text in paragraphs], sampling=sampling)
            for variant in range(n)
        ]
        return [list(row) for row in zip(*rounds, strict=True)]


def _read(path: Path, read: Callable[[Path], Any]) -> Any:
    try:
        return read(path)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing, so there is no whole trained model; run `blogvae train`") from error
    except Exception as error:  # safetensors and json raise types of their own
        raise UserError(f"{path} is no file of a trained model: {error}") from error
