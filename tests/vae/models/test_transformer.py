import pytest
import torch

from vae.models.configs import TransformerConfig

WIDTHS = {"width": 8, "heads": 2, "encoder_layers": 1, "decoder_layers": 1, "dim": 4}


def test_the_global_slot_and_those_of_runs_with_a_piece_are_active(make_model):
    model = make_model(TransformerConfig(**WIDTHS, read="runs", slots=5))
    assert model.active_slots(torch.tensor([1, 4, 5, 16])).tolist() == [
        [True, True, False, False, False],
        [True, True, False, False, False],
        [True, True, True, False, False],
        [True] * 5,
    ]


def test_slots_read_by_queries_are_always_active(make_model):
    model = make_model(TransformerConfig(**WIDTHS, read="queries", slots=3))
    assert model.active_slots(torch.tensor([1, 16])).tolist() == [[True] * 3] * 2


def test_a_runs_slot_reads_its_own_states_and_the_global_slot_reads_all(make_model, make_texts):
    model = make_model(TransformerConfig(**WIDTHS, read="runs", slots=5))
    for block in model.encoder:  # without attention a state depends on its piece alone
        block.attention.to_output.weight.data.zero_()
    ids, lengths = make_texts(16)
    changed = ids.clone()
    changed[0, 9] = 4 + (ids[0, 9] - 3) % 36
    before, after = model.encode(ids, lengths).mean, model.encode(changed, lengths).mean
    assert (before != after).any(-1).tolist() == [[True, False, False, True, False]]


@pytest.mark.parametrize(("read", "slots"), [("runs", 5), ("queries", 3)])
def test_every_slot_changes_every_step(make_model, make_texts, read, slots):
    model = make_model(TransformerConfig(**WIDTHS, read=read, slots=slots))
    pieces = make_texts(16)[0]
    z = torch.zeros(1, slots, 4)
    for slot in range(slots):
        changed = z.clone()
        changed[0, slot] = 1.0
        assert (model.features(z, pieces) != model.features(changed, pieces)).any(-1).all()


def test_a_runs_slot_is_added_to_the_steps_of_its_run(make_model, make_texts):
    model = make_model(TransformerConfig(**WIDTHS, read="runs", slots=5))
    for block in model.decoder:
        block.cross.to_output.weight.data.zero_()
    pieces = make_texts(16)[0]
    z = torch.zeros(1, 5, 4)
    changed = z.clone()
    changed[0, 3] = 1.0
    differs = (model.features(z, pieces) != model.features(changed, pieces)).any(-1)[0]
    assert differs.tolist() == [False] * 8 + [True] * 8


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"width": 10, "heads": 4}, "width 10 is not a multiple of heads 4"),
        ({"slots": 4}, "max_len 16 is not a multiple of slots - 1 = 3"),
        ({"slots": 1}, "max_len 16 is not a multiple of slots - 1 = 0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(make_model, sizes, message):
    with pytest.raises(ValueError, match=message):
        make_model(TransformerConfig(**{**WIDTHS, **sizes}))
