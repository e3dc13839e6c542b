import torch
from torch import nn

from vae.models.no_drawing import NoDrawing


def test_initial_values_are_not_drawn_within_the_context():
    before = torch.get_rng_state()
    with NoDrawing():
        layer = nn.Sequential(nn.Linear(3, 4), nn.Embedding(5, 3))
    assert torch.equal(torch.get_rng_state(), before)
    assert [tuple(weight.shape) for weight in layer.parameters()] == [(4, 3), (4,), (5, 3)]


def test_an_initialisation_returns_its_tensor_unchanged_however_it_is_passed():
    weight = torch.tensor([1.0, 2.0])
    with NoDrawing():
        assert nn.init.normal_(weight) is weight
        assert nn.init.uniform_(tensor=weight) is weight
    assert weight.tolist() == [1.0, 2.0]


def test_other_functions_work_as_usual():
    with NoDrawing():
        assert torch.add(torch.ones(2), torch.ones(2), alpha=3).tolist() == [4.0, 4.0]
        assert torch.zeros(2).fill_(5.0).tolist() == [5.0, 5.0]


def test_initial_values_are_drawn_again_after_the_context():
    with NoDrawing():
        pass
    torch.manual_seed(0)
    assert nn.init.normal_(torch.zeros(100)).std() > 0.5
