"""Runs one chain of commands on the sample corpus, which all tests of this folder share."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from blogvae_process import blogvae
from chain_flags import AUGMENT, ENCODE, PREPARE, RULES, TRAIN

from pipelines import cli


@dataclass(frozen=True)
class Chain:
    """The folders of the chain below one root, and the log of each step that ran in a process of its own."""

    root: Path
    said: dict[str, str]

    @property
    def dataset(self):
        return self.root / "dataset"

    @property
    def model(self):
        return self.root / "model"

    @property
    def variations(self):
        return self.root / "variations"

    @property
    def latents(self):
        return self.root / "latents"

    def prepare_flags(self):
        return "prepare", *PREPARE, f"--output={self.dataset}"

    def augment_flags(self):
        return (
            *("augment", f"--dataset={self.dataset}", f"--model={self.model}", f"--output={self.variations}"),
            *(*AUGMENT, f"--filters={self.root / 'rules.yaml'}"),
        )

    def encode_flags(self):
        return (
            *("encode", f"--dataset={self.dataset}", f"--model={self.model}", f"--output={self.latents}"),
            *ENCODE,
        )

    def run(self, step, flags, *more):
        done = blogvae(*flags, *more)
        assert done.returncode == 0, done.stderr
        self.said[step] = done.stderr

    def beside(self, name):
        """Another root with this one's model and rules, but without its dataset."""
        other = Chain(self.root.parent / name, {})
        other.root.mkdir()
        shutil.copytree(self.model, other.model)
        shutil.copy(self.root / "rules.yaml", other.root)
        return other


@pytest.fixture(scope="session")
def chain(tmp_path_factory):
    """Runs prepare, train, evaluate, augment, encode and report with one worker."""
    new = Chain(tmp_path_factory.mktemp("end_to_end") / "one", {})
    new.root.mkdir()
    (new.root / "rules.yaml").write_text(RULES)
    new.run("prepare", new.prepare_flags(), "--direct_num_workers=1")
    assert cli.main(["train", f"--dataset={new.dataset}", f"--output={new.model}", *TRAIN]) == 0
    few = ("--texts=32", "--iw-texts=8", "--samples=10")
    evaluate = [
        "evaluate",
        f"--dataset={new.dataset}",
        f"--model={new.model}",
        f"--output={new.root / 'evaluation'}",
    ]
    assert cli.main([*evaluate, *few]) == 0
    new.run("augment", new.augment_flags(), "--direct_num_workers=1")
    new.run("encode", new.encode_flags(), "--direct_num_workers=1")
    assert cli.main(["report", f"--variations={new.variations}", f"--output={new.root / 'report.html'}"]) == 0
    return new


@pytest.fixture
def refused(capsys):
    """Runs a command that must be refused, and returns the one line that it prints."""

    def run(*argv, code=2):
        capsys.readouterr()
        assert cli.main([str(flag) for flag in argv]) == code
        said = capsys.readouterr().err
        assert said.startswith("blogvae: ")
        assert said.count("\n") == 1
        return said

    return run


@pytest.fixture
def done(capsys):
    """Runs a command that must succeed, in this process, and returns what it prints."""

    def run(*argv):
        beam = argv[0] in {"prepare", "augment", "judge", "encode"}
        more = ["--direct_num_workers=1"] if beam and not any("workers" in str(flag) for flag in argv) else []
        code = cli.main([*(str(flag) for flag in argv), *more])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run
