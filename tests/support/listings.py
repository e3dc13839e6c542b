"""Lists inputs and writes archives, for tests of listings."""

import zipfile

from pipelines.read.files.inputs import list_inputs


def names(patterns):
    return [file.name for file in list_inputs([str(pattern) for pattern in patterns]).files]


def write_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
