"""Lets Beam use one boto3 client for all requests to S3 in a process."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any

from apache_beam.io.aws import s3io
from apache_beam.options.pipeline_options import S3Options

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions


def share_s3_clients() -> None:
    """Replaces the class with which Beam makes a client for every request: that takes longer than most requests.

    Without the extra blogvae[aws] it does nothing.
    """
    module: Any = s3io
    if module.BOTO3_INSTALLED and not isinstance(module.boto3_client.Client, _Clients):
        module.boto3_client.Client = _Clients(module.boto3_client.Client)


class _Clients:
    """Stands in for Beam's class of clients, and hands out copies of one for each set of flags.

    A copy has a download of its own; the boto3 client within, which threads may use together, is shared.
    """

    def __init__(self, make: Any) -> None:
        self._of_flags = cache(lambda flags: make(S3Options([], **dict(flags))))

    def __call__(self, options: PipelineOptions) -> Any:
        flags = options.view_as(S3Options).get_all_options(drop_default=True)
        return copy(self._of_flags(tuple((name, value) for name, value in flags.items() if name.startswith("s3_"))))
