import pytest

from pipelines.dataset.given_tokenizer import given_tokenizer
from pipelines.errors import UserError
from tokenizer.protect import PROTECTED_KINDS


@pytest.fixture
def model_folder(tokenizer, tmp_path):
    """What is read of a model, whose segments are of 48 pieces."""
    folder = tmp_path / "model"
    (folder / "tokenizer").mkdir(parents=True)
    (folder / "tokenizer/spm.model").write_bytes(tokenizer.model)
    (folder / "config.json").write_text('{"max_len": 48}')
    return folder


def test_a_file_is_read_and_says_nothing_of_segments(model_folder, tokenizer):
    given = given_tokenizer(f"{model_folder}/tokenizer/spm.model")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len is None


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_models_folder_stands_for_its_tokenizer_and_its_segments(model_folder, tokenizer, slash):
    given = given_tokenizer(f"{model_folder}{slash}")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len == 48


def test_a_model_that_ships_stands_for_them_by_its_name(model_folder, tokenizer, ship):
    ship("tiny-en", model_folder)
    given = given_tokenizer("tiny-en")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len == 48
    with pytest.raises(UserError, match="did you mean tiny-en"):
        given_tokenizer("tiny-em")


@pytest.mark.parametrize("name", ["spm.model", "nowhere.model"])
def test_what_is_no_tokenizer_is_the_users_mistake(tmp_path, name):
    (tmp_path / "spm.model").write_bytes(b"words")
    with pytest.raises(UserError, match=f"--tokenizer {tmp_path / name}: "):
        given_tokenizer(str(tmp_path / name)).read()


@pytest.mark.parametrize("config", ["{", "{}", "[]", '{"max_len": null}'])
def test_a_folder_of_no_model_is_told_in_one_line(model_folder, config):
    (model_folder / "config.json").write_text(config)
    with pytest.raises(UserError, match=r"^--tokenizer .*/model: its config\.json is not that of a model: .*$"):
        given_tokenizer(str(model_folder))
