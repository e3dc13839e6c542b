from copy import deepcopy

import pytest
import torch

from vae.errors import UserError
from vae.models.configs import MaskedConfig, RecurrentConfig
from vae.models.families import text_model
from vae.settings import DEFAULTS, override
from vae.training.optimizers import optimizer_of

CONFIG = MaskedConfig(
    width=8, heads=2, encoder_layers=1, decoder_layers=1, run=4, dim=4, usage=3, meaning=0, dropout=0.0
)
MUON = override(DEFAULTS, ["optimizer=muon", "learning_rate=0.01", "weight_decay=0.5"]).training


@pytest.fixture
def model():
    torch.manual_seed(0)
    return text_model(CONFIG, vocab_size=30, max_len=16, labels=(2,))


def give_gradients(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for weight in model.parameters():
        weight.grad = torch.randn(weight.shape, generator=generator) if weight.requires_grad else None


def names(model, group):
    chosen = {id(weight) for weight in group["params"]}
    return {name for name, weight in model.named_parameters() if id(weight) in chosen}


def test_muon_takes_the_matrices_of_layers_and_lookup_tables_do_not_decay(model):
    first, decayed, undecayed = optimizer_of(model, MUON).param_groups
    assert names(model, first) == {
        f"{part}.0.{layer}.weight"
        for part in ("encoder", "decoder")
        for layer in ("attention.to_all", "attention.to_output", "feedforward.0", "feedforward.2")
    }
    assert names(model, decayed) == {f"{head}.weight" for head in ("run_head", "whole_head", "from_run", "from_whole")}
    assert {"embedding.weight", "places", "encoder_places", "levels", "conditions.tables.0.weight", "hidden"} < names(
        model, undecayed
    )
    every = [weight for group in (first, decayed, undecayed) for weight in group["params"]]
    assert len(every) == len({id(weight) for weight in every})
    assert len(every) == sum(weight.requires_grad for weight in model.parameters())
    assert (first["weight_decay"], decayed["weight_decay"], undecayed["weight_decay"]) == (0.5, 0.5, 0.0)


def test_a_step_equals_a_step_of_muon_and_one_of_adamw(model):
    torch.manual_seed(0)
    twin = text_model(CONFIG, vocab_size=30, max_len=16, labels=(2,))
    optimizer, other = optimizer_of(model, MUON), optimizer_of(twin, MUON)
    first, *rest = other.param_groups
    muon = torch.optim.Muon(first["params"], lr=0.01, weight_decay=0.5, adjust_lr_fn="match_rms_adamw")
    adamw = torch.optim.AdamW(
        [{"params": group["params"], "weight_decay": group["weight_decay"]} for group in rest],
        lr=0.01,
        betas=(0.9, 0.98),
        fused=True,
    )
    for step in range(3):
        for network in (model, twin):
            give_gradients(network, step)
        optimizer.step()
        muon.step()
        adamw.step()
    for weight, expected in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(weight, expected)


def test_an_optimizer_with_a_loaded_state_makes_the_same_steps(model):
    optimizer = optimizer_of(model, MUON)
    for step in range(2):
        give_gradients(model, step)
        optimizer.step()
    state, weights = deepcopy(optimizer.state_dict()), deepcopy(model.state_dict())
    for group in optimizer.param_groups:
        group["lr"] = 0.5
    give_gradients(model, 2)
    optimizer.step()
    expected = deepcopy(model.state_dict())

    again = text_model(CONFIG, vocab_size=30, max_len=16, labels=(2,))
    again.load_state_dict(weights)
    loaded = optimizer_of(again, MUON)
    loaded.load_state_dict({**state, "param_groups": [{**group, "lr": 0.5} for group in state["param_groups"]]})
    give_gradients(again, 2)
    loaded.step()
    assert all(torch.equal(again.state_dict()[name], expected[name]) for name in expected)


def test_adamw_decays_all_weights(model):
    training = override(DEFAULTS, ["weight_decay=0.2"]).training
    (group,) = optimizer_of(model, training).param_groups
    assert (group["weight_decay"], group["lr"]) == (0.2, training.learning_rate)
    assert len(group["params"]) == sum(weight.requires_grad for weight in model.parameters())


def test_muon_is_refused_for_a_model_without_layers_and_on_a_pytorch_without_it(model, monkeypatch):
    flat = torch.nn.Linear(3, 4)
    with pytest.raises(UserError, match="has no layers of matrices, train it with adamw"):
        optimizer_of(flat, MUON)
    monkeypatch.delattr(torch.optim, "Muon")
    with pytest.raises(UserError, match=r"needs PyTorch 2\.9 or newer"):
        optimizer_of(model, MUON)


def test_muon_takes_the_matrices_of_a_recurrent_model_too():
    config = RecurrentConfig(embedding=8, encoder=(8,), decoder=(8,), slots=4, dim=4)
    first = optimizer_of(text_model(config, vocab_size=30, max_len=16), MUON).param_groups[0]
    assert {weight.ndim for weight in first["params"]} == {2}
