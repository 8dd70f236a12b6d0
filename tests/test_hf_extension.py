"""`hf zukan …`: the wheel installed where `hf extensions` installs, and started by the real `hf` command."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import CHECKOUT

extensions = pytest.importorskip("huggingface_hub.cli.extensions")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder with the extension, laid out as `hf extensions install` does after its download.

    Its own environment sees the packages of this one, since nothing can be downloaded here.
    """
    folder = tmp_path / "home" / ".local" / "share" / "hf" / "extensions" / "hf-zukan"
    environment = folder / "venv"
    venv.EnvBuilder(symlinks=True).create(str(environment))
    wheels = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    for command in (
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(CHECKOUT)],
        [*pip, "--python", str(environment / "bin" / "python"), "install", "--no-deps", "--no-index", "--find-links", str(wheels), "zukan"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    packages = next((environment / "lib").glob("python*/site-packages"))
    (packages / "of-the-test.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    executable = environment / "bin" / "hf-zukan"
    assert executable.is_file(), "the installer refuses a package without it"
    extensions.ExtensionManifest(
        owner="acme",
        repo="hf-zukan",
        repo_id="acme/hf-zukan",
        short_name="zukan",
        executable_path=str(executable),
        type="python",
        installed_at=datetime.now(UTC),
        description="A field guide to the Hub",
    ).save(folder)
    return tmp_path / "home"


def hf(home: Path, *arguments: str) -> CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(Path(sys.executable).with_name("hf")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, "HOME": str(home), "HF_HUB_DISABLE_UPDATE_CHECK": "1", "HF_HUB_OFFLINE": "1"},
    )


def test_hf_zukan_searches(home: Path, catalogue: Path) -> None:
    found = hf(home, "zukan", "search", "bert", "--limit", "3", "--format", "ids")
    assert found.returncode == 0, found.stderr
    assert len(found.stdout.split()) == 3
    assert "bert" in found.stdout.lower()
    listed = hf(home, "--help")
    assert "acme/hf-zukan" in listed.stdout
    assert "hf zukan search" in hf(home, "zukan", "search", "--help").stdout
    wrong = hf(home, "zukan", "search", "bert", "--no-such-option")
    assert wrong.returncode == 2
    assert "hf zukan search --help" in wrong.stderr
