"""The chain works from a T5 as from any other family, and needs the T5 no more once the model is trained."""

import io
import json
import shutil

import pyarrow.parquet as pq
import pytest
import torch
from blogvae_process import killed_blogvae, manifest_of, rows_of
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import T5Config, T5ForConditionalGeneration

from pipelines import cli
from vae.text_vae import TextVAE

EXTRA_IDS = 28
SETTINGS = "slots=4 dim=8 batch_pieces=512 steps=100 learning_rate=0.01 warmup_steps=20 beta=0.05".split()
TEXT = "Then the cat painted the quiet dog."


def train_flags(made, *, t5, output):
    settings = [f"--set={pair}" for pair in SETTINGS]
    return "train", f"--dataset={made / 'dataset'}", f"--output={output}", f"--init=t5:{t5}", *settings


@pytest.fixture(scope="module")
def one_thread():
    """Uses one thread, as the commands' processes do, since sums of many threads differ in their last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def write_t5(folder, sentences):
    """A T5 with random weights, in the layout of those on the hub."""
    pieces = io.BytesIO()
    special = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences), model_writer=pieces, vocab_size=120, hard_vocab_limit=False, **special
    )
    rows = SentencePieceProcessor.from_proto(pieces.getvalue()).get_piece_size() + EXTRA_IDS
    torch.manual_seed(0)
    sizes = {"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 1, "num_heads": 4}
    T5ForConditionalGeneration(T5Config(**sizes, vocab_size=rows, decoder_start_token_id=0)).save_pretrained(folder)
    (folder / "spiece.model").write_bytes(pieces.getvalue())


@pytest.fixture(scope="module")
def made(sentences, one_thread, tmp_path_factory):
    """Runs prepare, train, evaluate, augment and encode, and moves the T5 to `elsewhere` after train."""
    made = tmp_path_factory.mktemp("t5")
    (made / "posts").mkdir()
    for at in range(0, len(sentences), 5):
        (made / f"posts/{at:03}.txt").write_text(" ".join(sentences[at : at + 5]))
    t5, model, one_worker = made / "t5", made / "model", "--direct_num_workers=1"
    write_t5(t5, sentences)
    prepare = ("prepare", f"--input={made / 'posts'}", f"--output={made / 'dataset'}", "--max-len=16", one_worker)
    run(*prepare, f"--tokenizer={t5 / 'spiece.model'}")
    run(*train_flags(made, t5=t5, output=model))
    (made / "elsewhere").mkdir()
    shutil.move(t5, made / "elsewhere")
    read = (f"--dataset={made / 'dataset'}", f"--model={model}")
    run("evaluate", *read, f"--output={made / 'evaluation'}", "--texts=8", "--iw-texts=4", "--samples=4")
    (made / "rules.yaml").write_text("cycle: {maximum: 9}\nsimilarity: off\nworst_sentence: off\n")
    augment = ("augment", *read, f"--output={made / 'variations'}", f"--filters={made / 'rules.yaml'}", one_worker)
    run(*augment, "--limit=8", "--per-post=1", "--change=0.3", "--at-least=0")
    run("encode", *read, f"--output={made / 'latents'}", "--limit=8", one_worker)
    return made


def run(*argv):
    assert cli.main([str(flag) for flag in argv]) == 0


def names_below(folder):
    """The paths of all files but tables, logs and hidden files, whose names differ between runs."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.suffix != ".parquet" and not str(path).startswith(("logs", "."))}


def columns_of(folder, prefix):
    paths = [file["path"] for file in manifest_of(folder)["files"] if file["path"].startswith(prefix)]
    assert paths
    return {tuple(pq.read_schema(folder / path).names) for path in paths}


def figures_of(folder):
    return json.loads((folder / "metrics.json").read_text())


@pytest.mark.parametrize("folder", ["model", "evaluation"])
def test_it_leaves_the_files_and_figures_of_any_other_family(made, chain, folder):
    assert names_below(made / folder) == names_below(chain.root / folder)
    assert figures_of(made / folder).keys() == figures_of(chain.root / folder).keys()


@pytest.mark.parametrize(
    ("folder", "prefix"), [("dataset", "shards/"), ("variations", "part-"), ("latents", "part-"), ("latents", "posts/")]
)
def test_its_tables_have_the_columns_of_any_other_family(made, chain, folder, prefix):
    assert names_below(made / folder) == names_below(chain.root / folder)
    assert columns_of(made / folder, prefix) == columns_of(chain.root / folder, prefix)


def test_its_pieces_are_t5s_renumbered(made):
    theirs = SentencePieceProcessor(model_file=str(made / "elsewhere/t5/spiece.model"))
    own = TextVAE.load(made / "model").tokenizer
    assert [own.pieces[piece] for piece in own.encode([TEXT])[0]] == theirs.encode(TEXT, out_type=str)


def test_variations_say_something_else_and_name_the_model(made):
    sources = {post["post_id"]: post["text"] for post in rows_of(made / "dataset", "posts/")}
    variations = rows_of(made / "variations", "part-")
    assert variations
    model_sha256 = json.loads((made / "model/config.json").read_text())["model_sha256"]
    for row in variations:
        assert row["text"] != sources[row["post_id"]]
        assert row["change_measured"] > 0
        assert row["model_sha256"] == model_sha256
    metrics = figures_of(made / "variations")
    assert metrics["candidates"] == metrics["accepted"] + metrics["rejected"]


def test_one_text_is_varied_and_a_way_between_two_is_told(made, done):
    lines = done("vary", f"--model={made / 'model'}", "-n", 2, "--change=0.5", "--at-least=0", TEXT).splitlines()
    assert [line[4:6] for line in lines] == ["  ", "  "]
    between = done("interpolate", f"--model={made / 'model'}", "--steps=3", TEXT, "Boats mended.").splitlines()
    assert [line[:4] for line in between] == ["  0%", " 50%", "100%"]


def test_killed_and_resumed_where_the_t5_was_moved_to_it_ends_with_the_same_weights(made, tmp_path, capsys):
    output = tmp_path / "model"
    first, second = (shutil.copytree(made / "elsewhere/t5", tmp_path / place / "t5") for place in ("first", "second"))
    killed_blogvae(*train_flags(made, t5=first, output=output), when=(output, "checkpoints/last.ckpt"))
    assert not (output / "model.safetensors").exists()
    shutil.rmtree(first)
    run(*train_flags(made, t5=second, output=output), "--resume")
    said = capsys.readouterr().err
    assert "step 10 of 100" not in said  # what the checkpoint holds is not done again
    assert "step 100 of 100" in said
    for name in ("model.safetensors", "config.json", "calibration.json"):
        assert (output / name).read_bytes() == (made / "model" / name).read_bytes()


def test_training_goes_on_from_the_model_without_the_t5(made, done, tmp_path):
    output = tmp_path / "model"
    flags = ("--preset=t5", "--set=steps=2", "--set=batch_pieces=512")
    done("train", f"--dataset={made / 'dataset'}", f"--init={made / 'model'}", f"--output={output}", *flags)
    before, after = TextVAE.load(made / "model"), TextVAE.load(output)
    assert after.settings.model == before.settings.model
    assert after.sha256 != before.sha256
