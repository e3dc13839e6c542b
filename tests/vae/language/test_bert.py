import pytest
import torch
from bert_weights import hugging_face_weights

from vae.language.bert import Bert, BertConfig, bert_weights

CONFIG = BertConfig(vocab_size=11, places=7, width=8, inner=12, heads=2, layers=2)


@pytest.fixture
def bert():
    torch.manual_seed(0)
    return Bert(CONFIG).eval()


@pytest.fixture
def theirs():
    return hugging_face_weights(CONFIG)


@torch.inference_mode()
def test_padding_changes_no_state_of_a_text(bert):
    alone = bert(torch.tensor([[1, 2, 3]]), torch.ones(1, 3, dtype=torch.bool))
    real = torch.tensor([[True, True, True, False, False]])
    padded = bert(torch.tensor([[1, 2, 3, 9, 10]]), real)
    torch.testing.assert_close(padded[:, :3], alone)


@torch.inference_mode()
def test_the_order_of_pieces_counts(bert):
    real = torch.ones(1, 3, dtype=torch.bool)
    forwards, backwards = bert(torch.tensor([[1, 2, 3]]), real), bert(torch.tensor([[3, 2, 1]]), real)
    assert not torch.allclose(forwards, backwards.flip(1))


def test_renamed_weights_fill_the_whole_model(bert, theirs):
    weights = bert_weights(theirs, CONFIG.layers)
    bert.load_state_dict(weights)
    their_value = theirs["encoder.layer.1.attention.self.value.weight"]
    assert torch.equal(weights["layers.1.attend.weight"][16:], their_value)


def test_the_vector_of_the_first_segment_is_added_to_all_places(theirs):
    places = bert_weights(theirs, CONFIG.layers)["places.weight"]
    segment = theirs["embeddings.token_type_embeddings.weight"][0]
    assert torch.equal(places, theirs["embeddings.position_embeddings.weight"] + segment)
