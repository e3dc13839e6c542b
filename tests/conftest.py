"""A small corpus of made-up sentences and the tokenizer trained on it, shared by all tests."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tokenizer.protect import protect
from tokenizer.training import train_tokenizer
from vae.model_folder import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tokenizer.tokenizer import Tokenizer

settings.register_profile("thorough", deadline=None, max_examples=500)
settings.register_profile("whole", deadline=None, max_examples=50)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "whole"))

NOUNS = "cat dog bird boat train garden kettle letter window lamp".split()
VERBS = "paint mend clean count print".split()
ADJECTIVES = "quiet small bright warm soft".split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of end_to_end/ by their folder."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker(pytest.mark.end_to_end)


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    """Gives each test a log without handlers, and puts back what a command set up for its process."""
    ours, root = logging.getLogger("blogvae"), logging.getLogger()
    ours.handlers, ours.propagate = [], True
    ours.setLevel(logging.INFO)
    level, handlers = root.level, list(root.handlers)
    yield
    ours.handlers, ours.propagate = [], True
    ours.setLevel(logging.NOTSET)
    root.handlers = handlers
    root.setLevel(level)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are no names: archives hold the time they were made, and two processes must collect the same tests."""
    return "bytes" if isinstance(val, bytes) else None


def sentence(random: Random) -> str:
    """A sentence of 3 to 11 pieces, with a number or a URL in every other one."""

    def one_of(stems: list[str], *endings: str) -> str:
        return random.choice(stems) + random.choice(endings)

    noun, other = one_of(NOUNS, "", "s"), one_of(NOUNS, "", "s")
    verb, adjective = one_of(VERBS, "ed", "s"), one_of(ADJECTIVES, "", "er")
    return random.choice(
        [
            f"The {adjective} {noun} {verb} {random.randint(2, 99)} {other}.",
            f"The {noun} {verb} https://{other}.org/{random.randint(1, 9)} {adjective}.",
            f"Then the {noun} {verb} the {adjective} {other}.",
            f"{noun.capitalize()} {verb}.",
        ]
    )


@pytest.fixture(scope="session")
def sentences() -> list[str]:
    """500 sentences."""
    random = Random(0)
    return [sentence(random) for _ in range(500)]


@pytest.fixture(scope="session")
def tokenizer(sentences: list[str]) -> Tokenizer:
    """Trained on the sentences, with all the pieces they can fill."""
    return train_tokenizer([protect(each).masked for each in sentences], vocab_size=600)


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], Path]:
    """Has a copy of a model's folder ship under this name, and nothing that it is not called for; the copy."""
    monkeypatch.setattr(shipped, "SHIPPED_MODELS", tmp_path / "shipped")

    def ship(name: str, model: Path) -> Path:
        left = shutil.ignore_patterns("checkpoints", "logs")
        folder = shutil.copytree(model, tmp_path / "shipped" / name, ignore=left)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
        (folder / "SHA256SUMS").write_text("".join(sums))
        return folder

    return ship
