import pytest
import torch

from vae.models.conditions import HIDDEN, Conditions

LABELS = torch.tensor([[2, 1], [0, 2], [3, 0], [0, 0]])


@pytest.fixture
def conditions():
    torch.manual_seed(0)
    return Conditions([3, 2], 5).eval()


def test_each_label_adds_its_row_of_its_own_table(conditions):
    first, second = (table.weight for table in conditions.tables)
    expected = torch.stack([first[2] + second[1], second[2], first[3], torch.zeros(5)])
    torch.testing.assert_close(conditions(LABELS, LABELS), expected[:, None])


def test_tables_have_a_row_for_each_label_and_one_for_none(conditions):
    assert [table.num_embeddings for table in conditions.tables] == [4, 3]


def test_texts_without_labels_get_the_zero_vector(conditions):
    assert torch.equal(conditions(LABELS, None), torch.zeros(4, 1, 5))


@pytest.mark.parametrize("labels", [None, LABELS])
def test_a_model_without_tables_ignores_labels(labels):
    assert Conditions([], 5)(LABELS, labels) == 0.0


def test_label_0_gets_no_gradient(conditions):
    conditions(LABELS, LABELS).sum().backward()
    assert [table.weight.grad[0].tolist() for table in conditions.tables] == [[0.0] * 5] * 2
    assert conditions.tables[0].weight.grad[2].tolist() == [1.0] * 5


def test_each_label_is_hidden_independently_in_training(conditions):
    many = torch.tensor([[1, 2]]).expand(4000, 2)
    first, second = conditions.tables[0].weight[1], conditions.tables[1].weight[2]
    embedded = conditions.train()(many, many)[:, 0]
    share = {
        kept: torch.isclose(embedded, expected, atol=1e-6).all(-1).float().mean().item()
        for kept, expected in [("both", first + second), ("first", first), ("second", second), ("none", 0 * first)]
    }
    assert sum(share.values()) == pytest.approx(1.0)
    assert share["both"] == pytest.approx((1 - HIDDEN) ** 2, abs=0.02)
    assert share["first"] == pytest.approx(HIDDEN * (1 - HIDDEN), abs=0.02)
    assert share["second"] == pytest.approx(HIDDEN * (1 - HIDDEN), abs=0.02)
    assert share["none"] == pytest.approx(HIDDEN**2, abs=0.01)
