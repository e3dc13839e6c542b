import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae.training.objective import constraint_hinge

points = st.integers(1, 4).flatmap(
    lambda rows: arrays("int8", (rows, 2, 3), elements=st.integers(-8, 8)).map(lambda a: torch.from_numpy(a) / 4)
)


@given(points, points, st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([0.0, 1.0, 100.0]))
def test_the_hinge_is_the_squared_distance_to_the_nearest_target_beyond_the_threshold(mean, targets, threshold, weight):
    hinge = constraint_hinge(mean, targets, weight=weight, threshold=threshold)
    nearest = [min((row - target).square().sum().item() for target in targets) for row in mean]
    assert hinge.tolist() == pytest.approx([weight * max(0.0, distance - threshold) for distance in nearest])


def test_inside_the_threshold_there_is_no_cost_and_no_gradient():
    mean = torch.full((1, 2, 3), 0.28, requires_grad=True)  # 6 * 0.28² < 0.5
    cost = constraint_hinge(mean, torch.zeros(1, 2, 3), weight=100.0, threshold=0.5)
    cost.sum().backward()
    assert cost.item() == 0
    assert (mean.grad == 0).all()


def test_outside_the_threshold_the_gradient_leads_to_the_nearest_target():
    targets = torch.stack([torch.zeros(2, 3), torch.full((2, 3), 4.0)])
    mean = torch.stack([torch.full((2, 3), 1.0), torch.full((2, 3), 2.5)]).requires_grad_()
    for _ in range(50):
        (grad,) = torch.autograd.grad(constraint_hinge(mean, targets, weight=1.0, threshold=0.5).sum(), mean)
        mean = (mean - 0.05 * grad).detach().requires_grad_()
    distances = (mean - targets).square().flatten(1).sum(1).tolist()
    assert distances == pytest.approx([0.5, 0.5], abs=0.15)


def test_the_cost_of_a_text_does_not_depend_on_other_texts():
    mean = torch.tensor([[[0.0]], [[3.0]]])
    assert constraint_hinge(mean, torch.zeros(1, 1, 1), weight=2.0, threshold=0.5).tolist() == [0.0, 17.0]
