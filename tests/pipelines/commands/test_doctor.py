import shutil

import pytest

from pipelines.commands import doctor
from pipelines.flags.doctor import COMMAND
from vae.commands.command import main


@pytest.mark.slow
def test_a_whole_installation_passes_every_check(capsys, tmp_path):
    assert main(COMMAND, [f"--folder={tmp_path}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:6]] == ["blogvae", "packages", "cores", "memory", "GPU", "disk"]
    assert any("base-en" in line and "varies a sentence" in line for line in lines)


def test_a_full_disk_fails_its_check_and_says_what_is_needed(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1e12, 1e12, 1e6))
    found, problem = doctor.disk("out/of/nothing")
    assert (found, problem) == ("0.0 GB free in out/of/nothing", "outputs need 2 GB where you may write")


def test_a_failed_check_is_the_users_mistake_and_is_marked(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "checks", lambda _: iter([("cores", "2", ""), ("disk", "full", "make room")]))
    assert main(COMMAND, []) == 2
    printed = capsys.readouterr()
    assert printed.out == "  cores       2\n! disk        full; make room\n"
    assert "disk: see the lines that begin with !" in printed.err


@pytest.mark.parametrize(("installed", "problem"), [("0.1", True), ("", True), ("99.0", False)])
def test_a_package_that_is_missing_or_too_old_is_named(monkeypatch, installed, problem):
    def version(name):
        if name == "numpy" and not installed:
            raise doctor.PackageNotFoundError
        return installed if name == "numpy" else "99"

    monkeypatch.setattr(
        doctor, "requires", lambda _: ["numpy>=2.0", 'tomli>=2; python_version < "3"', "x; extra == 'y'"]
    )
    monkeypatch.setattr(doctor, "version", version)
    found, told = doctor.packages()
    assert found == "1 required"
    assert ("numpy" in told) == problem
