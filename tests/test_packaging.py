"""The wheel: the library, the command line and each shipped data file, nothing else; it works where it is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import zukan
from conftest import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_it_should(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {
        str(path.relative_to(CHECKOUT / root))
        for root in ("catalogue", "cli")
        for path in (CHECKOUT / root).rglob("*")
        if path.is_file() and path.suffix in (".py", ".typed", ".html", ".css", ".js", ".svg")
    }
    data = {
        f"zukan/data/{path.relative_to(CHECKOUT / 'data')}"
        for path in (CHECKOUT / "data").rglob("*")
        if path.name
        in (
            "seed.jsonl.gz",
            "row_dictionary.bin",
            "families.toml",
            "tasks.json",
            "question_words.bin",
            "japanese_words.tsv.gz",
            "thesaurus.txt.gz",
            "reference_sizes.csv",
            "lessons.toml",
        )
        or (path.is_file() and {CHECKOUT / "data" / "models", CHECKOUT / "data" / "evidence"} & set(path.parents))
    }
    metadata = {name for name in names if ".dist-info/" in name}
    assert names - metadata == sources | data
    assert any(name.endswith("licenses/LICENSE") for name in metadata)
    assert sum(info.file_size for info in zipfile.ZipFile(wheel).infolist()) < 8_000_000


@pytest.mark.slow
def test_an_installed_wheel_searches_and_tries(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)],
        check=True,
    )
    import os

    environment = {**os.environ, "PYTHONPATH": str(target), "ZUKAN_DB": str(tmp_path / "c.sqlite")}
    for arguments, expected in (
        (("search", "bert-base-uncased", "--format", "ids", "--limit", "1"), "google-bert/bert-base-uncased"),
        (("try", "zukan/mini-bert", "I love [MASK].", "--format", "json"), '"you"'),
    ):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "zukan_cli", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout


def test_one_version_everywhere() -> None:
    assert PROJECT["project"]["version"] == zukan.__version__
    assert f"## {zukan.__version__}" in (CHECKOUT / "CHANGELOG.md").read_text()


def test_every_dependency_says_why() -> None:
    lines = (CHECKOUT / "pyproject.toml").read_text().splitlines()
    for place, line in enumerate(lines):
        if re.match(r'^  "[a-z_-]+[><=].*",?$', line):
            comment = next(text for text in reversed(lines[:place]) if not re.match(r'^  "[a-z_-]+[><=].*",?$', text))
            assert comment.strip().startswith("#"), line


def test_the_constraints_pin_what_is_installed_here() -> None:
    from importlib.metadata import version

    pins = dict(
        line.split("==")
        for line in (CHECKOUT / "constraints.txt").read_text().splitlines()
        if "==" in line and line[0] != "#"
    )
    assert pins["torch"] == "2.13.0"
    for name in ("transformers", "huggingface_hub", "typer", "sqlite-utils"):
        assert pins[name] == version(name)
