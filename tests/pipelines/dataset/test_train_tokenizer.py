from dataclasses import replace

import pytest

from pipelines.dataset.train_tokenizer import (
    NO_TOKENIZER,
    SAMPLE_BYTES,
    TokenizerSettings,
    sample_rate,
    sample_unit,
    stage_tokenizer,
    train_on_samples,
)
from tokenizer.protect import PROTECTED_KINDS
from tokenizer.tokenizer import Tokenizer

SETTINGS = TokenizerSettings(
    vocab_size=520, model_type="unigram", protects=tuple(PROTECTED_KINDS), seed=0, sample_rate=1.0
)


def lines_of(path):
    with open(path) as file:  # noqa: PTH123 - Beam's paths are strings
        return file.read().splitlines()


@pytest.mark.parametrize(
    ("input_bytes", "rate"), [(0, 1.0), (SAMPLE_BYTES, 1.0), (2 * SAMPLE_BYTES, 0.5), (100 * SAMPLE_BYTES, 0.01)]
)
def test_the_sample_rate_falls_with_the_size_of_the_inputs(input_bytes, rate):
    assert sample_rate(input_bytes) == rate


def test_a_sample_consists_of_the_masked_blocks_that_may_be_varied(staged, tmp_path):
    (unit,) = staged(
        {"a.md": "# A heading. Not varied.\n\nThe kettle boils at 100 degrees. It sings.\n\n- One item.\n"}
    )
    path = sample_unit(unit.fingerprint, output=str(tmp_path / "dataset"), settings=SETTINGS)
    assert lines_of(path) == ["The kettle boils at <num> degrees. It sings.", "One item."]


def test_a_share_of_the_blocks_is_drawn_by_their_text(staged, tmp_path, sentences):
    (unit,) = staged({"a.txt": "\n\n".join(sentences)})
    sampled = {
        rate: set(
            lines_of(
                sample_unit(
                    unit.fingerprint, output=str(tmp_path / "dataset"), settings=replace(SETTINGS, sample_rate=rate)
                )
            )
        )
        for rate in (0.2, 0.5, 1.0)
    }
    assert sampled[0.2] < sampled[0.5] < sampled[1.0]
    assert 0.35 < len(sampled[0.5]) / len(sampled[1.0]) < 0.65


def test_samples_of_all_units_train_one_tokenizer_once(tmp_path, sentences):
    for name, half in {"u1": sentences[:250], "u2": sentences[250:]}.items():
        (tmp_path / f"{name}.txt").write_text("".join(f"{sentence}\n" for sentence in half))
    paths = [f"{tmp_path}/u1.txt", f"{tmp_path}/u2.txt"]
    one = train_on_samples(paths, output=str(tmp_path / "one"), settings=SETTINGS)
    other = train_on_samples(paths[::-1], output=str(tmp_path / "other"), settings=SETTINGS)
    assert Tokenizer.load(one).sha256 == Tokenizer.load(other).sha256
    (tmp_path / "u1.txt").unlink()
    assert train_on_samples(paths, output=str(tmp_path / "one"), settings=SETTINGS) == one


def test_no_sentence_gives_no_tokenizer(tmp_path):
    (tmp_path / "u1.txt").write_text("")
    assert train_on_samples([f"{tmp_path}/u1.txt"], output=str(tmp_path), settings=SETTINGS) == NO_TOKENIZER


def test_a_tokenizer_that_needs_no_training_is_staged_unchanged(tmp_path, tokenizer):
    path = stage_tokenizer(tokenizer, output=str(tmp_path))
    assert Tokenizer.load(path).model == tokenizer.model
