import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest
import torch

from tokenizer.tokenizer import EOS
from vae.commands import teach as command
from vae.commands.command import main
from vae.language.sentence_encoder import SentenceEncoder
from vae.models.configs import MaskedConfig
from vae.models.families import text_model
from vae.settings import load_preset
from vae.text_vae import TextVAE


class Reader:
    """A sentence encoder to which all passages mean the same."""

    def embed(self, texts):
        return torch.ones(len(texts), 1)


@pytest.fixture
def model(tokenizer, tmp_path):
    """The folder of an untrained masked model whose pieces all lie close."""
    config = MaskedConfig(width=16, heads=2, encoder_layers=1, decoder_layers=1, run=4, dim=4, usage=4, meaning=0)
    torch.manual_seed(0)
    module = text_model(config, vocab_size=tokenizer.vocab_size, max_len=32, labels=())
    module.vectors.copy_(1 + 0.1 * torch.randn(module.vectors.shape))
    module.begins.copy_(torch.from_numpy(tokenizer.begins_word))
    folder = tmp_path / "model"
    TextVAE(module, tokenizer, replace(load_preset("base"), model=config)).save(folder)
    return folder


@pytest.fixture
def files(tmp_path, rows):
    """Rewordings of eight owners, substitutes, and prose."""
    random = Random(0)

    def text(word):
        return f"Then the {random.choice(['warm', 'soft'])} {word} cleaned the {random.choice(['cat', 'dog', 'bird'])}."

    revisions = [
        {"source": f"{owner}/{number}", "old": text("boat"), "new": ""} for owner in "abcdefgh" for number in range(4)
    ]
    for each in revisions:
        each["new"] = each["old"].replace("boat", random.choice(["train", "lamp"]))
    coinco = [
        {
            "before": "",
            "sentence": text("boat"),
            "after": "",
            "targets": [{"word": "boat", "substitutes": {"train": 2}}],
        }
        for _ in range(5)
    ]
    for name, lines in (("revisions", revisions), ("coinco", coinco)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    np.array([piece for row in rows for piece in [*row, EOS]], np.uint16).tofile(tmp_path / "prose.u16")
    return tmp_path


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(command, "PROSE_TEXTS", 4)
    monkeypatch.setattr(command, "PROSE_ROWS", 4)
    monkeypatch.setattr(SentenceEncoder, "load", classmethod(lambda cls: Reader()))


def flags(model, files, **changes):
    named = {
        "model": model,
        "revisions": files / "revisions.jsonl",
        "coinco": files / "coinco.jsonl",
        "corpus": files / "prose.u16",
        "validation": files / "prose.u16",
        "output": files / "taught",
        "steps": 3,
        "device": "cpu",
        "held-out": "h",
        **changes,
    }
    return [flag for name, value in named.items() for flag in (f"--{name}", str(value))]


def test_a_model_is_written_with_its_figures_before_and_after(model, files):
    assert main(command.COMMAND, flags(model, files)) == 0
    metrics = json.loads((files / "taught/teaching.json").read_text())
    assert metrics["steps"] == 3
    assert set(metrics["before"]["prose"]) == set(metrics["after"]["prose"])
    assert metrics["before"]["rewordings"]["word, level 1.0"]["pieces"] == 4
    assert metrics["before"] != metrics["after"]
    before, after = TextVAE.load(model).module.state_dict(), TextVAE.load(files / "taught").module.state_dict()
    assert torch.equal(before["run_norm.running_mean"], after["run_norm.running_mean"])
    assert not torch.equal(before["hidden"], after["hidden"])


def test_a_model_that_forgets_too_much_goes_back_towards_its_first_weights(model, files, monkeypatch):
    before = TextVAE.load(model).module.state_dict()["hidden"]
    monkeypatch.setattr(command, "FORGOTTEN", 10.0)
    fast = {"learning-rate": 0.1}
    assert main(command.COMMAND, flags(model, files, **fast)) == 0
    taught = TextVAE.load(files / "taught").module.state_dict()["hidden"]
    monkeypatch.setattr(command, "FORGOTTEN", -10.0)
    assert main(command.COMMAND, flags(model, files, output=files / "back", **fast)) == 0
    back = TextVAE.load(files / "back").module.state_dict()["hidden"]
    shares = [json.loads((files / name / "teaching.json").read_text())["share"] for name in ("taught", "back")]
    assert shares == [1.0, 0.2]
    assert not json.loads((files / "back/teaching.json").read_text())["better"]
    assert torch.allclose(back - before, 0.2 * (taught - before), atol=4e-3)  # weights are kept in bfloat16
    assert not torch.equal(back, before)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"output": "."}, "is there already"),
        ({"held-out": "nobody"}, "too few rewordings"),
        ({"language": "tlh"}, "no lexicon"),
        ({"corpus": "nothing.u16"}, "nothing.u16: no file of pieces"),
    ],
)
def test_flags_that_cannot_be_used_are_refused(model, files, capsys, changes, error):
    assert main(command.COMMAND, flags(model, files, **changes)) == 2
    assert error in capsys.readouterr().err


def test_a_model_of_another_family_is_refused(trained, files, capsys):
    assert main(command.COMMAND, flags(trained, files)) == 2
    assert "of the family recurrent; only a masked model can be taught" in capsys.readouterr().err
