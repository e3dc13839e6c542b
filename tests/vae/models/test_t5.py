"""A T5 folder made here, the pieces renumbered, trained a little, and loaded where the folder is gone."""

import io
import json
import shutil
import sys
from copy import deepcopy

import pytest
import torch
from safetensors.torch import load_file, save_file
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import T5Config as Architecture
from transformers import T5EncoderModel, T5ForConditionalGeneration

from tokenizer.adopt import adopt
from tokenizer.protect import protect
from tokenizer.tokenizer import BOS, EOS
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.data.text_batch import TextBatch
from vae.decode.decoding import Decoding, decode
from vae.errors import UserError
from vae.evaluation.likelihood import importance_weighted_nll
from vae.models.configs import T5Config
from vae.models.families import text_model
from vae.models.t5_source import start_from_t5
from vae.settings import DEFAULTS
from vae.text_vae import TextVAE
from vae.training.objective import objective

pytestmark = pytest.mark.slow

SIZES = {"d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0}
VERSIONS = {
    "1.0": {"feed_forward_proj": "relu", "tie_word_embeddings": True},
    "1.1": {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
}
EXTRA_IDS = 28
TEXT, OTHER = "Then the cat painted the quiet dog.", "Boats mended."
T5_PAD, T5_EOS = 0, 1
STEPS, RATE = 12, 0.003


@pytest.fixture(scope="session")
def make_t5(sentences, tmp_path_factory):
    """The folder of a T5 with weights drawn by chance, as those on the hub are laid out."""
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=T5_PAD,
        eos_id=T5_EOS,
        unk_id=2,
        bos_id=-1,
    )

    def make(version):
        folder = tmp_path_factory.mktemp("t5") / version
        folder.mkdir()
        (folder / "spiece.model").write_bytes(written.getvalue())
        rows = SentencePieceProcessor.from_proto(written.getvalue()).get_piece_size() + EXTRA_IDS
        torch.manual_seed(0)
        t5 = T5ForConditionalGeneration(Architecture(**SIZES, **VERSIONS[version], vocab_size=rows))
        if version == "1.1":
            t5.lm_head.weight = torch.nn.Parameter(torch.randn_like(t5.shared.weight))
        for weight in t5.encoder.final_layer_norm.parameters():
            torch.nn.init.uniform_(weight, 0.5, 1.5)
        t5.save_pretrained(folder)
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, **VERSIONS[version]}))
        return folder

    return make


@pytest.fixture(scope="session", params=VERSIONS)
def source(request, make_t5):
    """The folder of a T5 of each version."""
    return make_t5(request.param)


@pytest.fixture(scope="session")
def own(source):
    """T5's pieces, renumbered by `prepare --tokenizer`."""
    return adopt((source / "spiece.model").read_bytes())


@pytest.fixture(scope="session")
def theirs(source):
    """T5's pieces as T5 numbers them."""
    return SentencePieceProcessor(model_file=str(source / "spiece.model"))


@pytest.fixture(scope="session")
def t5(source):
    """T5 as transformers loads it."""
    return T5ForConditionalGeneration.from_pretrained(source).eval()


@pytest.fixture
def model(source, own):
    """The VAE around it, in eval mode."""
    torch.manual_seed(0)
    config = T5Config(source=str(source), slots=3, dim=4, dropout=0.5)
    return start_from_t5(config, own, max_len=16, labels=(2, 3)).eval()


def texts(tokenizer, labels=None):
    """Two texts as a batch."""
    rows = [[*row, EOS] for row in tokenizer.encode([TEXT, OTHER])]
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    return TextBatch.of(ids, torch.tensor([len(row) for row in rows]), conditions=labels)


@pytest.fixture
def batch(own):
    """Two texts with their labels."""
    return texts(own, torch.tensor([[1, 2], [0, 3]]))


@pytest.fixture
def z():
    """Latents of the two texts."""
    return torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def dataset(write_dataset, make_t5, sentences, tmp_path_factory):
    """A dataset as `prepare --tokenizer spiece.model` writes it, and the T5."""
    source = make_t5("1.1")
    tokenizer = adopt((source / "spiece.model").read_bytes())
    rows = [row for row in tokenizer.encode([protect(each).masked for each in sentences]) if len(row) < 16]
    folder = tmp_path_factory.mktemp("t5") / "dataset"
    write_dataset(folder, {"train": rows[:128], "validation": rows[128:144]})
    (folder / "tokenizer" / "spm.model").write_bytes(tokenizer.model)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    (folder / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": tokenizer.sha256}))
    return folder, source


def train(dataset, source, output, *flags):
    small = f"slots=3 dim=4 batch_pieces=512 steps={STEPS} learning_rate={RATE} labels=category".split()
    flags = [*(flag for pair in small for flag in ("--set", pair)), *flags]
    return main(COMMAND, ["--dataset", str(dataset), "--output", str(output), "--init", f"t5:{source}", *flags])


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    """The folder of a VAE trained from a T5 whose folder is gone."""
    folder = tmp_path_factory.mktemp("trained")
    source = copied(dataset[1], folder)
    assert train(dataset[0], source, folder / "model", "--set", "precision=bf16-mixed") == 0
    shutil.rmtree(source)
    return folder / "model"


def copied(source, folder):
    return shutil.copytree(source, folder / "copy")


def test_the_encoder_is_t5s_whatever_the_padding(model, source, batch, theirs):
    t5 = T5EncoderModel.from_pretrained(source).eval()
    states = model.states(batch.ids, batch.ids != 0)
    for row, text in enumerate((TEXT, OTHER)):
        expected = t5(torch.tensor([[*theirs.encode(text), T5_EOS]])).last_hidden_state[0]
        torch.testing.assert_close(states[row, : len(expected)], expected)


def test_the_decoder_gives_t5s_scores(model, t5, batch, own, theirs, monkeypatch):
    memory = torch.randn(1, 5, 16, generator=torch.Generator().manual_seed(0))
    inputs = torch.tensor([[T5_PAD, *theirs.encode(TEXT)]])
    expected = t5(encoder_outputs=(memory,), decoder_input_ids=inputs).logits
    monkeypatch.setattr(model, "_memory", lambda z: z)
    scores = model.scores(model.features(memory, batch.inputs[:1]))
    lines = own.vocabulary().splitlines()
    numbers = {number: theirs.piece_to_id(line.split("\t")[0]) for number, line in enumerate(lines)}
    shared = {ours: number for ours, number in numbers.items() if ours > EOS and number != theirs.unk_id()}
    assert len(shared) == theirs.get_piece_size() - 3
    torch.testing.assert_close(scores[..., list(shared)], expected[..., list(shared.values())])
    torch.testing.assert_close(scores[..., EOS], expected[..., T5_EOS])


def test_a_text_begins_with_the_piece_t5_begins_with(model, t5):
    read = model.input_embedding or model.embedding
    assert torch.equal(read.weight[BOS], t5.shared.weight[T5_PAD])


def test_placeholders_get_rows_like_t5s(model, t5, own):
    strange = [own.encode([text])[0][-1] for text in ("<num>", "<url>", "<code>")]
    fresh = model.embedding.weight[strange]
    assert (torch.cdist(fresh, t5.lm_head.weight) > 0).all()
    assert 0.5 < fresh.std() / t5.lm_head.weight.std() < 2


def test_slots_reach_the_decoder_at_the_scale_of_the_encoders_states(model, t5, z):
    assert torch.equal(model.memory_norm.weight, t5.encoder.final_layer_norm.weight)
    scale = (model._memory(z) / model.memory_norm.weight).square().mean(-1)
    torch.testing.assert_close(scale, torch.ones(2, 3))


def test_scores_step_by_step_are_the_teacher_forced_ones(model, batch, z):
    forced = model.scores(model.features(z, batch.inputs, batch.conditions))
    state = model.start(z, batch.conditions)
    for place in range(batch.inputs.shape[1]):
        scores, state = model.step(state, batch.inputs[:, place], place)
        torch.testing.assert_close(scores, forced[:, place])


def test_padding_changes_nothing(model, batch, z):
    wide = TextBatch.of(torch.nn.functional.pad(batch.ids, (0, 4)), batch.lengths, conditions=batch.conditions)
    torch.testing.assert_close(model.posterior(wide).mean, model.posterior(batch).mean)
    torch.testing.assert_close(model.nats(z, wide), model.nats(z, batch))


def test_labels_reach_both_ends(model, batch, z):
    other = torch.tensor([[2, 2], [0, 3]])
    before, after = (model.encode(batch.ids, batch.lengths, told).mean for told in (batch.conditions, other))
    assert (before != after).flatten(1).any(1).tolist() == [True, False]
    before, after = (model.features(z, batch.inputs, told) for told in (batch.conditions, other))
    assert (before != after).flatten(1).any(1).tolist() == [True, False]


@pytest.mark.parametrize("autocast", [False, True])
def test_every_weight_learns(model, batch, z, autocast):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        terms = objective(model.train(), batch, DEFAULTS.objective, noise=z)
    terms.cost(1.0).backward()
    assert {name for name, weight in model.named_parameters() if weight.grad is None} == {"missing"}
    assert all(weight.grad.isfinite().all() for weight in model.parameters() if weight.grad is not None)


def test_bf16_changes_the_likelihood_little(model, batch):
    exact = importance_weighted_nll(model, batch, samples=20, seed=0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(importance_weighted_nll(model, batch, samples=20, seed=0), exact, rtol=0.05, atol=0)


def test_a_copy_in_bf16_scores_nearly_the_same_step_by_step(model, batch, z):
    forced = model.scores(model.features(z, batch.inputs, batch.conditions))
    half = deepcopy(model).bfloat16()
    state = half.start(z.bfloat16(), batch.conditions)
    for place in range(batch.inputs.shape[1]):
        scores, state = half.step(state, batch.inputs[:, place], place)
        assert (scores - forced[:, place]).abs().max() < 0.05 * forced.abs().max()


def test_the_greedy_text_is_the_one_with_the_best_scores(model, z):
    for row, pieces in zip(z, decode(model, z, Decoding()), strict=True):
        inputs = torch.tensor([[BOS, *pieces]])
        scores = model.scores(model.features(row[None], inputs))[0, :, EOS:]
        assert (scores.argmax(-1) + EOS).tolist()[: len(pieces)] == pieces


def test_the_decoder_made_anew_is_still_t5s(model, t5):
    for part in model.decoder_parts():
        for module in part.modules():
            module.reset_parameters()
    for name, weight in t5.decoder.block.state_dict().items():
        assert torch.equal(model.decoder.block.state_dict()[name], weight)


def test_a_trained_model_needs_no_t5(trained, tmp_path):
    model = TextVAE.load(trained)
    config = json.loads((trained / "config.json").read_text())["settings"]["model"]
    assert (config["family"], config["source"], config["slots"]) == ("t5", "copy", 3)
    labels = {"category": "tea"}
    latents = model.encode([TEXT], labels=labels)
    texts = model.decode(latents.mean, labels=labels)
    model.save(tmp_path)
    again = TextVAE.load(tmp_path)
    assert torch.equal(again.encode([TEXT], labels=labels).mean, latents.mean)
    assert again.decode(latents.mean, labels=labels) == texts
    assert again.sha256 == model.sha256


def test_a_trained_model_holds_no_path_of_the_machine_it_was_trained_on(trained):
    files = [path for path in trained.rglob("*") if path.is_file()]
    assert {"config.json", "README.md", "last.ckpt", "best.pt"} <= {path.name for path in files}
    assert [path for path in files if str(trained.parent).encode() in path.read_bytes()] == []


def test_a_source_is_named_by_its_folder_however_it_is_written(source, own, monkeypatch):
    monkeypatch.chdir(source)
    monkeypatch.setenv("HOME", str(source.parent))
    written = [str(source), f"{source}/", ".", f"~/{source.name}"]
    models = [start_from_t5(T5Config(source=each, slots=3, dim=4), own, max_len=16) for each in written]
    assert [model.config.source for model in models] == [source.name] * len(written)


def test_training_goes_on_from_t5_and_pays(trained, dataset):
    model, source = TextVAE.load(trained), dataset[1]
    after = {name: weight for name, weight in model.module.state_dict().items() if "coder.block" in name}
    before = load_file(source / "model.safetensors")
    assert len(after) == sum("coder.block" in name for name in before)
    for name, weight in after.items():
        torch.testing.assert_close(weight, before[name], rtol=0, atol=1.1 * STEPS * RATE)
        assert not torch.equal(weight, before[name])
    torch.manual_seed(0)
    start = start_from_t5(T5Config(source=str(source), slots=3, dim=4), model.tokenizer, max_len=16, labels=(2,))
    batch = texts(model.tokenizer)
    nlls = [importance_weighted_nll(each, batch, samples=50, seed=0).mean() for each in (start.eval(), model.module)]
    assert nlls[1] < nlls[0] - 5


def refusal(capsys):
    """The one line that a command ended with."""
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("blogvae: ")
    return lines[-1]


def test_a_dataset_of_other_pieces_is_told_how_to_prepare(dataset, write_dataset, rows, tmp_path, capsys):
    source = dataset[1]
    other = write_dataset(tmp_path / "other", {"train": rows[:64], "validation": rows[64:80]})
    assert train(other, source, tmp_path / "model") == 2
    assert f"prepare with --tokenizer {source}/spiece.model" in refusal(capsys)
    assert not (tmp_path / "model").exists()


def spoil(folder, how):
    config = folder / "config.json"
    if how == "no folder":
        shutil.rmtree(folder)
    elif how == "another model":
        config.write_text(json.dumps({**json.loads(config.read_text()), "model_type": "bert"}))
    elif how == "no config":
        config.unlink()
    elif how == "no spiece":
        (folder / "spiece.model").unlink()
    elif how == "no weights":
        (folder / "model.safetensors").write_bytes(b"none")
    elif how == "fewer rows":
        weights = load_file(folder / "model.safetensors")
        save_file(
            {name: weight[:50] if len(weight) > 100 else weight for name, weight in weights.items()},
            folder / "model.safetensors",
        )
        config.write_text(json.dumps({**json.loads(config.read_text()), "vocab_size": 50}))
    else:
        weights = load_file(folder / "model.safetensors")
        kept = {name: weight for name, weight in weights.items() if not name.startswith("decoder")}
        save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("no folder", "no such folder; give that of a T5, or a name on the hub like google/flan-t5-small"),
        ("another model", "wants a T5, but config.json says model_type 'bert'"),
        ("no config", "wants a T5, but there is no config.json with a model_type"),
        ("no spiece", "no whole T5 (config.json, weights, spiece.model)"),
        ("no weights", "no whole T5 (config.json, weights, spiece.model)"),
        ("fewer rows", "rows for 50"),
        ("no decoder", "no whole T5: it lacks decoder.block.0"),
    ],
)
def test_what_is_no_t5_is_refused(dataset, tmp_path, capsys, how, told):
    folder, source = dataset[0], copied(dataset[1], tmp_path)
    spoil(source, how)
    assert train(folder, source, tmp_path / "model") == 2
    line = refusal(capsys)
    assert str(source) in line
    assert told in line


def test_without_a_network_a_name_on_the_hub_is_told_how_to_bring_it(dataset, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert train(dataset[0], "nobody/no-such-t5", tmp_path / "model") == 2
    line = refusal(capsys)
    assert line.startswith("blogvae: nobody/no-such-t5 is no folder, and no T5 came from the hub: We couldn't connect")
    assert line.endswith("`hf download nobody/no-such-t5 --local-dir FOLDER`, then --init t5:FOLDER")


def test_a_model_of_blogvaes_own_goes_without_t5(dataset, trained, tmp_path, capsys):
    assert train(dataset[0], trained, tmp_path / "model") == 2
    assert refusal(capsys).endswith("; a model of blogvae's own goes without t5:")


@pytest.mark.parametrize("flags", [["--set", "family=t5"], ["--preset", "t5"]])
def test_a_t5_from_nowhere_is_refused(dataset, tmp_path, capsys, flags):
    assert main(COMMAND, ["--dataset", str(dataset[0]), "--output", str(tmp_path / "model"), *flags]) == 2
    assert "give --init t5:PATH" in refusal(capsys)


def test_another_family_cannot_start_from_t5(dataset, tmp_path, capsys):
    assert train(*dataset, tmp_path / "model", "--set", "family=recurrent") == 2
    assert "no setting 'source'" in refusal(capsys)


def test_constraint_texts_want_a_trained_encoder(dataset, tmp_path, capsys):
    (tmp_path / "texts.txt").write_text(TEXT)
    assert train(*dataset, tmp_path / "model", "--constraint-texts", str(tmp_path / "texts.txt")) == 2
    assert "trained encoder" in refusal(capsys)


def test_a_missing_library_is_told_with_what_installs_it(monkeypatch):
    for name in ("vae.models.t5", "vae.models.t5_library"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match=r"^a model of the t5 family needs transformers: pip install 'blogvae\[t5\]'$"):
        text_model(T5Config(architecture="{}"), vocab_size=40, max_len=16)
