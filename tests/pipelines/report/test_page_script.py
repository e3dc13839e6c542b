import base64
import hashlib
from pathlib import Path

from pipelines.report import page_script as module
from pipelines.report.page_script import page_script


def test_the_script_is_strict_and_holds_every_file_of_the_folder():
    script = page_script()
    assert script.text.startswith('"use strict";\n')
    files = [*(Path(module.__file__).parent / "page").glob("*.js")]
    assert files
    assert all(file.read_text(encoding="utf-8") in script.text for file in files)


def test_the_hash_is_that_of_the_text():
    script = page_script()
    assert base64.b64decode(script.sha256) == hashlib.sha256(script.text.encode()).digest()
