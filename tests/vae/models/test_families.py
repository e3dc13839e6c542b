import subprocess
import sys

import pytest

from vae.models.configs import TEXT_FAMILIES, ImageConfig, RecurrentConfig, TransformerConfig
from vae.models.families import text_model
from vae.models.recurrent import RecurrentVAE
from vae.models.transformer import TransformerVAE


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (RecurrentConfig(embedding=8, encoder=(8,), decoder=(8,)), RecurrentVAE),
        (TransformerConfig(width=8), TransformerVAE),
    ],
)
def test_settings_of_a_family_make_its_model(config, kind):
    assert type(config) is TEXT_FAMILIES[config.family]
    model = text_model(config, vocab_size=30, max_len=32, labels=(2,))
    assert type(model) is kind
    assert (model.vocab_size, model.max_len, model.embedding.num_embeddings) == (30, 32, 30)
    assert (model.slots, model.dim) == (config.slots, config.dim)


def test_a_family_that_does_not_model_texts_is_refused():
    with pytest.raises(TypeError, match=r"^ImageConfig is not of a family of text models$"):
        text_model(ImageConfig(), vocab_size=30, max_len=32)


def test_reading_settings_does_not_import_torch():
    code = "import sys, vae.settings as s; [s.load_preset(n) for n in s.presets()]; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
