import os

import memory_store  # noqa: F401  (makes memory:// known)
import pytest

from pipelines.errors import UserError
from pipelines.write.output_folder import output_folder


@pytest.mark.parametrize(
    ("flag", "folder"),
    [("out/", "/home/ann/out"), ("/a/b", "/a/b"), (".", "/home/ann"), ("ein ordner/ü", "/home/ann/ein ordner/ü")],
)
def test_the_path_is_absolute_and_a_slash_at_its_end_is_dropped(monkeypatch, flag, folder):
    monkeypatch.setattr(os, "getcwd", lambda: "/home/ann")
    assert output_folder(flag) == folder


def test_a_bucket_is_a_folder_too():
    assert output_folder("memory://bucket/") == "memory://bucket"


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
