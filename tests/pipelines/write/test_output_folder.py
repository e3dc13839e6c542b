import pytest

from pipelines.errors import UserError
from pipelines.write.output_folder import output_folder


@pytest.mark.parametrize(
    ("flag", "folder"), [("out/", "out"), ("/a/b", "/a/b"), (".", "."), ("ein ordner/ü", "ein ordner/ü")]
)
def test_a_folder_is_named_without_a_slash_at_its_end(flag, folder):
    assert output_folder(flag) == folder


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("", "below the root"),
        ("/", "below the root"),
        ("out/run[1]", "none of"),
        ("a*", "none of"),
        ("xy://b/c", "no such kind"),
    ],
)
def test_what_cannot_be_written_to_is_the_users_mistake(flag, told):
    with pytest.raises(UserError, match=told):
        output_folder(flag)
