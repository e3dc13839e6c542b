from types import SimpleNamespace

import pytest
from apache_beam.io.aws import s3io
from apache_beam.options.pipeline_options import PipelineOptions, S3Options

from pipelines.beam.s3_clients import share_s3_clients


@pytest.fixture
def made(monkeypatch):
    """The endpoints that Beam's class of clients was called with."""
    endpoints = []

    def make(options):
        endpoints.append(options.view_as(S3Options).s3_endpoint_url)
        return SimpleNamespace(client=object(), _download_request=None)

    monkeypatch.setattr(s3io, "BOTO3_INSTALLED", True)
    monkeypatch.setattr(s3io, "boto3_client", SimpleNamespace(Client=make), raising=False)
    share_s3_clients()
    return endpoints


def client(endpoint):
    return s3io.S3IO(options=PipelineOptions([f"--s3_endpoint_url={endpoint}", "--direct_num_workers=1"])).client


def test_requests_with_the_same_flags_share_a_client_but_no_download(made):
    one, other = client("http://a"), client("http://a")
    assert made == ["http://a"]
    assert one.client is other.client
    one._download_request = "half read"
    assert (other._download_request, client("http://a")._download_request) == (None, None)


def test_other_flags_have_another_client(made):
    assert client("http://a").client is not client("http://b").client
    assert made == ["http://a", "http://b"]


def test_sharing_twice_is_sharing_once(made):
    shared = s3io.boto3_client.Client
    share_s3_clients()
    assert s3io.boto3_client.Client is shared


def test_without_boto3_nothing_is_replaced(monkeypatch):
    monkeypatch.setattr(s3io, "BOTO3_INSTALLED", False)
    monkeypatch.setattr(s3io, "boto3_client", SimpleNamespace(Client="beam's"), raising=False)
    share_s3_clients()
    assert s3io.boto3_client.Client == "beam's"
