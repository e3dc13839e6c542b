import pytest

from pipelines.clean_units import staged_path
from pipelines.errors import UserError
from pipelines.shard_units import NO_TOKENIZER
from pipelines.tokenizer_step import SAMPLE_BYTES, read_tokenizer, sample_rate, train_on_samples, write_tokenizer
from pipelines.write.atomic import write_bytes


@pytest.mark.parametrize(
    ("input_bytes", "rate"), [(0, 1.0), (SAMPLE_BYTES, 1.0), (2 * SAMPLE_BYTES, 0.5), (100 * SAMPLE_BYTES, 0.01)]
)
def test_of_large_inputs_a_share_is_drawn(input_bytes, rate):
    assert sample_rate(input_bytes) == rate


def test_samples_of_all_units_train_one_tokenizer(tmp_path, sentences):
    for unit, half in {"u1": sentences[:250], "u2": sentences[250:]}.items():
        write_bytes(staged_path(str(tmp_path), unit, "sample"), "".join(f"{each}\n" for each in half).encode())
    path = train_on_samples(["u1", "u2"], output=str(tmp_path), vocab_size=520)
    assert path == f"{tmp_path}/tokenizer/spm.model"
    one = read_tokenizer(path)
    assert read_tokenizer(train_on_samples(["u2", "u1"], output=str(tmp_path), vocab_size=520)).sha256 == one.sha256
    pieces = (tmp_path / "tokenizer/spm.vocab").read_text().splitlines()
    assert len(pieces) == one.vocab_size


def test_no_sentence_gives_no_tokenizer(tmp_path):
    write_bytes(staged_path(str(tmp_path), "u1", "sample"), b"")
    assert train_on_samples(["u1"], output=str(tmp_path), vocab_size=520) == NO_TOKENIZER
    assert not (tmp_path / "tokenizer").exists()


def test_a_given_tokenizer_is_kept_as_it_is(tmp_path, tokenizer):
    path = write_tokenizer(tokenizer, output=str(tmp_path))
    assert read_tokenizer(path).model == tokenizer.model


def test_what_is_no_tokenizer_is_the_users_mistake(tmp_path):
    (tmp_path / "spm.model").write_bytes(b"words")
    for name in ("spm.model", "nowhere.model"):
        with pytest.raises(UserError, match=f"--tokenizer {tmp_path / name}"):
            read_tokenizer(str(tmp_path / name))
