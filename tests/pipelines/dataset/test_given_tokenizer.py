import pytest

from pipelines.dataset.given_tokenizer import given_tokenizer
from pipelines.errors import UserError
from tokenizer.protect import PROTECTED_KINDS


@pytest.fixture
def model_folder(tokenizer, tmp_path):
    """A model folder with a tokenizer and a config.json that sets max_len to 48."""
    folder = tmp_path / "model"
    (folder / "tokenizer").mkdir(parents=True)
    (folder / "tokenizer/spm.model").write_bytes(tokenizer.model)
    (folder / "config.json").write_text('{"max_len": 48}')
    return folder


def test_a_file_gives_a_tokenizer_and_no_segment_length(model_folder, tokenizer):
    given = given_tokenizer(f"{model_folder}/tokenizer/spm.model")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len is None


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_model_folder_gives_its_tokenizer_and_segment_length(model_folder, tokenizer, slash):
    given = given_tokenizer(f"{model_folder}{slash}")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len == 48


def test_the_name_of_a_shipped_model_gives_its_tokenizer_and_segment_length(model_folder, tokenizer, ship):
    ship("tiny-en", model_folder)
    given = given_tokenizer("tiny-en")
    assert given.read(protects=PROTECTED_KINDS).model == tokenizer.model
    assert given.max_len == 48
    with pytest.raises(UserError, match="did you mean tiny-en"):
        given_tokenizer("tiny-em")


@pytest.mark.parametrize("name", ["spm.model", "nowhere.model"])
def test_a_file_that_is_no_tokenizer_is_a_user_error(tmp_path, name):
    (tmp_path / "spm.model").write_bytes(b"words")
    with pytest.raises(UserError, match=f"--tokenizer {tmp_path / name}: "):
        given_tokenizer(str(tmp_path / name)).read()


@pytest.mark.parametrize("config", ["{", "{}", "[]", '{"max_len": null}'])
def test_a_config_json_of_no_model_is_a_user_error_of_one_line(model_folder, config):
    (model_folder / "config.json").write_text(config)
    with pytest.raises(UserError, match=r"^--tokenizer .*/model: its config\.json is not that of a model: .*$"):
        given_tokenizer(str(model_folder))
