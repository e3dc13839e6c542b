import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, S3Options

from pipelines.beam.file_systems import absolute_path, open_file_systems, unknown_flags
from pipelines.errors import UserError


@pytest.fixture(autouse=True)
def _options_as_they_were(monkeypatch):
    monkeypatch.setattr(FileSystems, "_pipeline_options", None)


def test_filesystems_get_the_flags_of_storage():
    open_file_systems(["--s3_endpoint_url=http://here", "--project", "p"])
    assert FileSystems._pipeline_options.view_as(S3Options).s3_endpoint_url == "http://here"


@pytest.mark.parametrize("flag", ["--runner=FnApiRunner", "--vocabsize=3"])
def test_a_command_without_a_pipeline_takes_no_other_flags(flag):
    with pytest.raises(UserError, match=f"unknown flag {flag}: it is none of this command, nor of a storage"):
        open_file_systems([flag])
    assert FileSystems._pipeline_options is None


def test_unknown_flags_are_those_in_none_of_the_groups():
    assert unknown_flags(
        ["--s3_verify=x", "--direct_num_workers=2", "--parallelism=4"], [S3Options, DirectOptions]
    ) == ["--parallelism=4"]


def test_a_local_path_becomes_absolute_and_a_remote_one_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert absolute_path("a/../b") == f"{tmp_path}/b"
    assert absolute_path("s3://bucket/a/../b") == "s3://bucket/a/../b"
