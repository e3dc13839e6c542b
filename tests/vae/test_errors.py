import errno
import pickle

import pytest

from vae.errors import UserError, may_be_over


def test_a_user_error_is_caught_as_a_value_error():
    with pytest.raises(ValueError, match=r"^no preset 'smal'$"):
        raise UserError("no preset 'smal'")


def test_a_user_error_comes_from_another_process_with_its_message():
    error = pickle.loads(pickle.dumps(UserError("no preset 'smal'")))
    assert type(error) is UserError
    assert str(error) == "no preset 'smal'"


@pytest.mark.parametrize(
    ("error", "over"),
    [
        (OSError("503 slow down"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), True),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), True),
        (PermissionError(errno.EACCES, "Permission denied"), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
    ],
)
def test_an_error_may_be_over_soon_unless_the_system_has_a_number_for_what_lasts(error, over):
    assert may_be_over(error) is over
