import sys

import pytest

from vae.errors import UserError
from vae.models.configs import T5Config
from vae.models.families import text_model


def test_without_transformers_the_error_says_what_to_install(monkeypatch):
    for name in ("vae.models.t5", "vae.models.t5_library"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match=r"^a model of the t5 family needs transformers: pip install 'blogvae\[t5\]'$"):
        text_model(T5Config(architecture="{}"), vocab_size=40, max_len=16)
