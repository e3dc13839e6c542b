import pytest

from pipelines.errors import UserError
from pipelines.write.output_folder import output_folder


@pytest.mark.parametrize(
    ("flag", "folder"), [("out/", "out"), ("/a/b", "/a/b"), (".", "."), ("ein ordner/ü", "ein ordner/ü")]
)
def test_a_slash_at_the_end_is_dropped(flag, folder):
    assert output_folder(flag) == folder


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("", "below the root"),
        ("/", "below the root"),
        ("out/run[1]", "none of"),
        ("a*", "none of"),
        ("xy://b/c", "no such kind"),
    ],
)
def test_a_path_that_cannot_be_written_to_is_a_user_error(flag, message):
    with pytest.raises(UserError, match=message):
        output_folder(flag)
