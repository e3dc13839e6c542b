import errno
from types import SimpleNamespace

import pytest
from apache_beam.io.aws import s3filesystem
from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.store_errors import raise_os_errors_of_stores, store_errors


def raised_for(error):
    with pytest.raises(OSError, match="no such key") as raised, store_errors():
        raise error
    assert raised.value.__cause__ is error
    return type(raised.value), raised.value.errno


@pytest.mark.parametrize(
    ("status", "kind", "number"),
    [(404, FileNotFoundError, errno.ENOENT), (403, PermissionError, errno.EACCES), (503, OSError, None)],
)
def test_an_error_of_a_client_is_one_of_the_system_with_a_number_if_the_status_has_one(status, kind, number):
    assert raised_for(S3ClientError("no such\nkey", status)) == (kind, number)


def test_each_client_keeps_the_status_elsewhere():
    botocore = pytest.importorskip("botocore.exceptions", reason="needs boto3: pip install -e .[aws]")
    said = {"Error": {"Message": "no such key"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
    assert raised_for(botocore.ClientError(said, "GetObject")) == (FileNotFoundError, errno.ENOENT)
    assert raised_for(botocore.ConnectionError(error="no such key")) == (OSError, None)


def test_googles_clients_keep_it_in_two_places():
    api = pytest.importorskip("google.api_core.exceptions", reason="needs pip install -e .[gcp]")
    storage = pytest.importorskip("google.cloud.storage.exceptions", reason="needs pip install -e .[gcp]")
    assert raised_for(api.NotFound("no such key")) == (FileNotFoundError, errno.ENOENT)
    response = SimpleNamespace(status_code=404)
    assert raised_for(storage.InvalidResponse(response, "no such key")) == (FileNotFoundError, errno.ENOENT)
    assert raised_for(api.RetryError("no such key", cause=None)) == (OSError, None)


def test_other_errors_pass_through():
    with pytest.raises(KeyError), store_errors():
        raise KeyError("a")


def test_beams_filesystems_raise_errors_of_the_system(monkeypatch):
    def refuse(_path):
        raise S3ClientError("no such key", 503)

    monkeypatch.setattr(s3filesystem.s3io, "S3IO", lambda options: SimpleNamespace(exists=refuse))
    raise_os_errors_of_stores()
    with pytest.raises(OSError, match="no such key"):
        FileSystems.exists("s3://bucket/key")
