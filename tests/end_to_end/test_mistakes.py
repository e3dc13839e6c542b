"""A mistake of the user gives exit code 2 and one line that names the cause and the remedy."""

import shutil

import pytest
from blogvae_process import blogvae, manifest_of

POST = "id,content\n1,The kettle boils in the kitchen.\n"


@pytest.fixture
def posts(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(POST)
    return path


def test_a_missing_input(refused, tmp_path):
    said = refused("prepare", f"--input={tmp_path / 'nowhere'}", f"--output={tmp_path / 'dataset'}")
    assert f"{tmp_path / 'nowhere'}: no such file" in said
    assert "--input" in said


def test_an_empty_folder(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    assert f"{tmp_path / 'empty'}:" in refused(
        "prepare", f"--input={tmp_path / 'empty'}", f"--output={tmp_path / 'dataset'}"
    )


def test_no_content_column(refused, posts, tmp_path):
    posts.write_text("id,headline,words\n1,A,Text here.\n")
    said = refused("prepare", f"--input={posts}", f"--output={tmp_path / 'dataset'}")
    assert "id, headline, words" in said
    assert "--columns" in said


def test_no_usable_post(refused, posts, tmp_path):
    posts.write_text("id,content\n1,\n2,  \n")
    said = refused("prepare", f"--input={posts}", f"--output={tmp_path / 'dataset'}")
    assert "no usable post (2 empty content)" in said
    assert not (tmp_path / "dataset/MANIFEST.json").exists()


def test_another_runs_output_is_refused_until_overwritten(refused, done, posts, tmp_path):
    flags = ("prepare", f"--input={posts}", f"--output={tmp_path / 'dataset'}")
    done(*flags)
    before = (tmp_path / "dataset/MANIFEST.json").read_bytes()
    said = refused(*flags, "--max-len=32")
    assert "other max_len" in said
    assert "--overwrite" in said
    assert (tmp_path / "dataset/MANIFEST.json").read_bytes() == before
    done(*flags, "--max-len=32", "--overwrite")
    assert manifest_of(tmp_path / "dataset")["settings"]["max_len"] == 32


def test_an_unknown_flag(refused, posts, chain, tmp_path):
    output = f"--output={tmp_path / 'out'}"
    assert "unknown flag --nonsense" in refused("prepare", f"--input={posts}", output, "--nonsense=3")
    augment = ("augment", f"--dataset={chain.dataset}", f"--model={chain.model}", output)
    assert "unknown flag --my_flag" in refused(*augment, "--my_flag=3")


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--max-len=4", "--max-len 4"),
        ("--vocab-size=100", "--vocab-size 100"),
        ("--columns=words", "--columns words"),
        ("--columns=content=9", "no column 9"),
        ("--tokenizer=nowhere.model", "--tokenizer nowhere.model"),
    ],
)
def test_a_bad_value_of_prepare(refused, posts, tmp_path, flag, told):
    assert told in refused("prepare", f"--input={posts}", f"--output={tmp_path / 'dataset'}", flag)


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--change=1.5", "--change 1.5"),
        ("--change=-0.1", "--change -0.1"),
        ("--per-post=0", "--per-post 0"),
        ("--limit=0", "--limit 0"),
        ("--temperature=0", "temperature above 0"),
        ("--filters=nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_a_bad_value_of_augment(refused, chain, tmp_path, flag, told):
    augment = ("augment", f"--dataset={chain.dataset}", f"--model={chain.model}", f"--output={tmp_path / 'out'}")
    assert told in refused(*augment, flag)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--limit=0",), "--limit 0"),
        (("--nonsense=1",), "unknown flag --nonsense"),
        (("--dataset=nowhere",), "nowhere holds no dataset: run `blogvae prepare`"),
        (("--model=nowhere",), "nowhere/config.json is missing"),
    ],
)
def test_a_bad_value_of_encode(refused, chain, tmp_path, flags, told):
    encode = ("encode", f"--dataset={chain.dataset}", f"--model={chain.model}", f"--output={tmp_path / 'out'}")
    assert told in refused(*encode, *flags)


def test_another_runs_latents_are_refused(refused, chain):
    assert "other seed" in refused(*chain.encode_flags(), "--seed=1")


def test_a_dataset_that_is_none(refused, chain, tmp_path):
    augment = ("augment", f"--model={chain.model}", f"--output={tmp_path / 'out'}")
    assert "run `blogvae prepare`" in refused(*augment, f"--dataset={tmp_path}")


def test_a_truncated_posts_part(refused, chain, tmp_path):
    dataset, part = truncated(chain, tmp_path, "posts/")
    said = refused("augment", f"--dataset={dataset}", f"--model={chain.model}", f"--output={tmp_path / 'out'}")
    assert f"{dataset / part} is missing or broken; run prepare again" in said


def test_a_truncated_shard(refused, chain, tmp_path):
    dataset, part = truncated(chain, tmp_path, "shards/split=train/")
    said = refused("train", f"--dataset={dataset}", f"--output={tmp_path / 'model'}", "--preset=tiny")
    assert f"{dataset / part} is missing or not the file of the manifest; run prepare again" in said


def truncated(chain, tmp_path, prefix):
    """Copies the dataset, cuts one part short, and returns the copy and the part's path."""
    dataset = shutil.copytree(chain.dataset, tmp_path / "dataset")
    part = next(file["path"] for file in manifest_of(dataset)["files"] if file["path"].startswith(prefix))
    data = (dataset / part).read_bytes()
    (dataset / part).write_bytes(data[: len(data) // 2])
    return dataset, part


def test_a_model_with_another_tokenizer(chain, tokenizer, tmp_path):
    model = shutil.copytree(chain.model, tmp_path / "model")
    (model / "tokenizer/spm.model").write_bytes(tokenizer.model)
    told = blogvae("augment", f"--dataset={chain.dataset}", f"--model={model}", f"--output={tmp_path / 'out'}")
    assert told.returncode == 2
    assert told.stderr == (f"blogvae: {model}/tokenizer/spm.model is not the tokenizer this model was trained with\n")
