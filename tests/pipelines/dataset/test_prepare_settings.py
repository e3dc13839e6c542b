import argparse

import pytest

from pipelines.dataset.prepare_settings import prepare_settings
from pipelines.errors import UserError
from pipelines.flags.prepare import add_arguments
from tokenizer.protect import PROTECTED_KINDS


def settings(*flags):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return prepare_settings(parser.parse_args(["--input=posts", "--output=dataset", *flags]))


def test_without_flags_the_documented_defaults_hold():
    parsed = settings()
    assert (parsed.languages, parsed.mask_pii, parsed.boilerplate) == ((), False, "drop")
    assert (parsed.near_duplicates, parsed.given) == ("report", None)
    assert (parsed.bands, parsed.rows, parsed.max_len, parsed.unit) == (14, 8, 128, "segment")
    assert (parsed.vocab_size, parsed.model_type, parsed.protects) == (8000, "unigram", PROTECTED_KINDS)


def test_flags_that_take_lists_are_parsed():
    parsed = settings("--language=fr,en,fr", "--protect=number,url", "--lsh=9x13", "--columns=content=body")
    assert parsed.languages == ("en", "fr")
    assert parsed.protects == ("url", "number")
    assert (parsed.bands, parsed.rows) == (9, 13)
    assert parsed.columns == {"content": "body"}
    assert settings("--protect=none").protects == ()


@pytest.mark.parametrize("flag", ["--max-len=8", "--max-len=65535", "--vocab-size=512", "--lsh=1x1", "--lsh=99x99"])
def test_the_smallest_and_largest_values_are_accepted(flag):
    settings(flag)


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--max-len=0", "--max-len 0: a segment has between 8 and 65,535 pieces"),
        ("--max-len=7", "--max-len 7: a segment has between 8 and 65,535 pieces"),
        ("--max-len=65536", "--max-len 65536: a segment has between 8 and 65,535 pieces"),
        ("--vocab-size=511", "--vocab-size 511: a tokenizer needs at least 512 pieces"),
        ("--shard-mb=0", "--shard-mb 0: a shard needs at least one megabyte"),
        ("--lsh=14", "--lsh 14: write bands and rows as 14x8, each from 1 to 99"),
        ("--lsh=0x8", "--lsh 0x8: write bands and rows as 14x8, each from 1 to 99"),
        ("--lsh=100x8", "--lsh 100x8: write bands and rows as 14x8, each from 1 to 99"),
        ("--protect=url,name", "--protect url,name: 'name' is none of url, code, number, or none"),
        ("--protect=", "--protect : '' is none of url, code, number, or none"),
        ("--language=en,English", "--language en,English: 'English' is no ISO 639 code such as en or de"),
        ("--language=EN", "--language EN: 'EN' is no ISO 639 code such as en or de"),
        ("--language=en,", "--language en,: '' is no ISO 639 code such as en or de"),
        ("--until=31.5.2024", "--until 31.5.2024: write a day as YYYY-MM-DD"),
        ("--limit=0", "--limit 0: read at least one post"),
        ("--columns=words", "--columns words: 'words' is not FIELD=COLUMN"),
        ("--tokenizer=nowhere.model", "--tokenizer nowhere.model: "),
    ],
)
def test_a_value_that_cannot_be_used_is_a_user_error_of_one_line(flag, message):
    with pytest.raises(UserError) as error:
        settings(flag)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_tokenizer_is_recorded_by_its_hash(tokenizer, tmp_path):
    (tmp_path / "spm.model").write_bytes(tokenizer.model)
    parsed = settings(f"--tokenizer={tmp_path}/spm.model")
    assert parsed.given.model == tokenizer.model
    assert parsed.recorded()["tokenizer"] == tokenizer.sha256
    assert settings().recorded()["tokenizer"] is None


def test_the_model_of_the_given_tokenizer_sets_max_len_unless_a_flag_does(tokenizer, tmp_path):
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer/spm.model").write_bytes(tokenizer.model)
    (tmp_path / "config.json").write_text('{"max_len": 48}')
    parsed = settings(f"--tokenizer={tmp_path}")
    assert (parsed.given.sha256, parsed.max_len) == (tokenizer.sha256, 48)
    assert settings(f"--tokenizer={tmp_path}", "--max-len=32").max_len == 32
    assert settings(f"--tokenizer={tmp_path}/tokenizer/spm.model").max_len == 128


def test_every_flag_that_changes_the_dataset_is_recorded():
    flags = {
        "inputs": "--input=more",
        "columns": "--columns=content=2",
        "content_kind": "--content-kind=plain",
        "languages": "--language=en",
        "mask_pii": "--mask-pii",
        "boilerplate": "--boilerplate=keep",
        "near_duplicates": "--near-duplicates=drop",
        "bands": "--lsh=9x8",
        "rows": "--lsh=14x9",
        "max_len": "--max-len=32",
        "unit": "--unit=post",
        "vocab_size": "--vocab-size=600",
        "model_type": "--model-type=bpe",
        "protects": "--protect=none",
        "shard_mb": "--shard-mb=1",
        "until": "--until=2024-05-31",
        "limit": "--limit=9",
        "seed": "--seed=1",
    }
    before = settings().recorded()
    assert {*flags, "tokenizer"} == set(before)
    for name, flag in flags.items():
        after = settings(flag).recorded()
        assert {key for key in before if before[key] != after[key]} == {name}


def test_staged_units_are_used_again_unless_a_cleaning_flag_changed():
    before = settings().cleaning_facts()
    for flag in (
        "--boilerplate=keep",
        "--near-duplicates=drop",
        "--max-len=32",
        "--seed=1",
        "--protect=none",
        "--limit=9",
    ):
        assert settings(flag).cleaning_facts() == before
    for flag in ("--columns=content=2", "--language=en", "--mask-pii", "--lsh=9x8", "--until=2024-05-31"):
        assert settings(flag).cleaning_facts() != before


def test_units_staged_by_other_code_are_not_used_again(monkeypatch):
    before = settings().cleaning_facts()
    monkeypatch.setattr("pipelines.dataset.prepare_settings.code_version", lambda: "another")
    assert settings().cleaning_facts() != before
