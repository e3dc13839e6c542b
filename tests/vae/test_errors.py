import pickle

import pytest

from vae.errors import UserError


def test_a_user_error_is_caught_as_a_value_error():
    with pytest.raises(ValueError, match=r"^no preset 'smal'$"):
        raise UserError("no preset 'smal'")


def test_a_user_error_comes_from_another_process_with_its_message():
    error = pickle.loads(pickle.dumps(UserError("no preset 'smal'")))
    assert type(error) is UserError
    assert str(error) == "no preset 'smal'"
