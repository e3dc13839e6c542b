import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.errors import UserError
from vae.models.configs import T5Config
from vae.models.t5_source import SHAPE, start_from_t5

pytestmark = pytest.mark.slow


def start(source, tokenizer):
    """Starts a VAE from the T5 that `source` names."""
    return start_from_t5(T5Config(source=str(source), slots=3, dim=4), tokenizer, max_len=16)


def input_table(vae):
    return (vae.input_embedding or vae.embedding).weight


def test_encoder_and_decoder_have_the_weights_of_t5(t5_vae, t5):
    for ours, theirs in ((t5_vae.encoder, t5.encoder), (t5_vae.decoder, t5.decoder)):
        weights = {name: weight for name, weight in theirs.state_dict().items() if not name.startswith("embed_tokens")}
        assert ours.state_dict().keys() == weights.keys()
        assert all(torch.equal(weight, weights[name]) for name, weight in ours.state_dict().items())
    assert torch.equal(t5_vae.memory_norm.weight, t5.encoder.final_layer_norm.weight)


def test_each_piece_has_the_rows_that_t5_has_for_it(t5_vae, t5, t5_tokenizer, t5_pieces):
    pieces = [line.split("\t")[0] for line in t5_tokenizer.vocabulary().splitlines()]
    rows = {ours: t5_pieces.piece_to_id(piece) for ours, piece in enumerate(pieces)}
    shared = {ours: row for ours, row in rows.items() if ours > EOS and row != t5_pieces.unk_id()}
    assert len(shared) == t5_pieces.get_piece_size() - 3
    assert torch.equal(input_table(t5_vae)[list(shared)], t5.shared.weight[list(shared.values())])
    assert torch.equal(t5_vae.embedding.weight[list(shared)], t5.lm_head.weight[list(shared.values())])


def test_special_pieces_have_the_rows_of_t5s_and_a_text_begins_with_the_piece_t5_begins_with(t5_vae, t5, t5_pieces):
    rows = {PAD: t5_pieces.pad_id(), UNK: t5_pieces.unk_id(), EOS: t5_pieces.eos_id(), BOS: t5.config.pad_token_id}
    assert t5.config.decoder_start_token_id == t5.config.pad_token_id
    for ours, row in rows.items():
        assert torch.equal(input_table(t5_vae)[ours], t5.shared.weight[row])


def test_placeholders_get_new_rows_with_the_spread_of_t5s(t5_vae, t5, t5_tokenizer):
    placeholders = [t5_tokenizer.encode([text])[0][-1] for text in ("<num>", "<url>", "<code>")]
    rows = t5_vae.embedding.weight[placeholders]
    assert (torch.cdist(rows, t5.lm_head.weight) > 0).all()
    assert 0.5 < rows.std() / t5.lm_head.weight.std() < 2


def test_slots_reach_the_decoder_at_the_scale_of_the_encoders_states(t5_vae):
    z = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1))
    scale = (t5_vae._memory(z) / t5_vae.memory_norm.weight).square().mean(-1)
    torch.testing.assert_close(scale, torch.ones(2, 3))


def test_the_config_has_the_shape_of_the_t5(t5_vae, t5):
    shape = json.loads(t5_vae.config.architecture)
    assert shape == {
        **{name: getattr(t5.config, name) for name in SHAPE},
        "tie_word_embeddings": t5_vae.input_embedding is None,
    }
    assert (t5_vae.input_embedding is None) == torch.equal(t5.shared.weight, t5.lm_head.weight)


def test_a_source_is_named_by_the_last_part_of_its_path_alone(t5_folder, t5_tokenizer, monkeypatch):
    monkeypatch.chdir(t5_folder)
    monkeypatch.setenv("HOME", str(t5_folder.parent))
    for source in (str(t5_folder), f"{t5_folder}/", ".", f"~/{t5_folder.name}"):
        assert start(source, t5_tokenizer).config.source == t5_folder.name


@pytest.fixture(scope="module")
def intact(make_t5):
    """The folder of a T5 that stays as it is."""
    return make_t5("1.1")


@pytest.fixture
def copied(intact, tmp_path):
    """A copy of this folder."""
    return shutil.copytree(intact, tmp_path / "copy")


def remove_folder(folder):
    shutil.rmtree(folder)


def name_another_model(folder):
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "model_type": "bert"}))


def remove_config(folder):
    (folder / "config.json").unlink()


def remove_pieces(folder):
    (folder / "spiece.model").unlink()


def spoil_weights(folder):
    (folder / "model.safetensors").write_bytes(b"none")


def cut_embedding(folder):
    weights, config = load_file(folder / "model.safetensors"), folder / "config.json"
    fewer = {name: weight[:50] if len(weight) > 100 else weight for name, weight in weights.items()}
    save_file(fewer, folder / "model.safetensors")
    config.write_text(json.dumps({**json.loads(config.read_text()), "vocab_size": 50}))


def remove_decoder(folder):
    weights = load_file(folder / "model.safetensors")
    kept = {name: weight for name, weight in weights.items() if not name.startswith("decoder")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove_folder, "no such folder; give that of a T5, or a name on the hub like google/flan-t5-small"),
        (name_another_model, "needs a T5, but config.json says model_type 'bert'"),
        (remove_config, "needs a T5, but there is no config.json with a model_type"),
        (remove_pieces, "not a complete T5 (config.json, weights, spiece.model)"),
        (spoil_weights, "not a complete T5 (config.json, weights, spiece.model)"),
        (cut_embedding, "pieces, but the T5 beside it has 50 rows"),
        (remove_decoder, "not a complete T5: it lacks decoder.block.0"),
    ],
)
def test_a_folder_without_a_complete_t5_is_refused(copied, tokenizer, spoil, message):
    spoil(copied)
    with pytest.raises(UserError) as refusal:
        start(copied, tokenizer)
    assert str(copied) in str(refusal.value)
    assert message in str(refusal.value)


@pytest.mark.parametrize("source", ["./gone", "~/gone", "runs/t5/gone"])
def test_what_can_only_be_a_path_is_not_looked_for_on_the_hub(tokenizer, source):
    with pytest.raises(UserError, match=f"^--init t5:{source}: no such folder"):
        start(source, tokenizer)


def test_a_tokenizer_with_other_pieces_is_refused_with_what_to_do(intact, tokenizer):
    with pytest.raises(UserError, match=rf"prepare with --tokenizer {intact}/spiece\.model$"):
        start(intact, tokenizer)


def test_without_a_network_a_name_on_the_hub_is_refused_with_how_to_bring_it(tokenizer, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError) as refusal:
        start("nobody/no-such-t5", tokenizer)
    line = str(refusal.value)
    assert line.startswith("nobody/no-such-t5 is not a folder, and no T5 came from the hub: We couldn't connect")
    assert line.endswith("`hf download nobody/no-such-t5 --local-dir FOLDER`, then --init t5:FOLDER")
