"""The first-use build: whole or nothing, whatever happens."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import child_environment
from zukan.errors import BuildFailed, CatalogueReadOnly
from zukan.first_use import ensure_catalogue
from zukan.store.connection import SCHEMA_VERSION, schema_version
from zukan.store.read import CatalogueReader
from zukan.store.tokens import EVERY

ROWS = 6_000


@pytest.fixture(scope="module")
def small_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot of a few thousand rows, enough to be killed in."""
    path = tmp_path_factory.mktemp("seed") / "small.jsonl.gz"
    with gzip.open(path, "wt") as lines:
        for number in range(ROWS):
            row = {"id": f"author{number % 50}/model-{number}", "tags": ["bert", "ja"], "downloads": number}
            lines.write(json.dumps(row) + "\n")
    return path


def start(path: Path, seed: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zukan.build", str(path), "--seed", str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(),
    )


def assert_whole(path: Path, rows: int = ROWS) -> None:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("SELECT count(*) FROM models").fetchone()[0] == rows
        # The index keeps no texts that could be counted; every model has this token.
        every = connection.execute("SELECT count(*) FROM model_text WHERE model_text MATCH ?", (f'"{EVERY}"',))
        assert every.fetchone()[0] == rows
        named = "SELECT count(*) FROM model_name n JOIN model m ON m.place = n.rowid WHERE n.model_name MATCH '\"aut\"'"
        assert connection.execute(named).fetchone()[0] == rows
    finally:
        connection.close()
    assert schema_version(path) == SCHEMA_VERSION


def test_the_first_use_builds_and_the_second_finds_it(tmp_path: Path, small_seed: Path) -> None:
    path = tmp_path / "deep" / "er" / "catalogue.sqlite"
    seen: list[tuple[int, int]] = []
    assert ensure_catalogue(path, lambda done, total: seen.append((done, total)), seed=small_seed) is True
    assert seen[-1] == (ROWS, ROWS)
    assert ensure_catalogue(path, seed=small_seed) is False
    assert_whole(path)


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_no_catalogue_or_a_whole_one(tmp_path: Path, small_seed: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    begun = time.monotonic()
    with start(path, small_seed) as child:
        child.communicate()
    whole_time = time.monotonic() - begun
    path.unlink()
    chance = random.Random(7)
    killed = 0
    for _ in range(12):
        with start(path, small_seed) as child:
            time.sleep(chance.uniform(0.15, 1.0) * whole_time)
            child.send_signal(signal.SIGKILL)
            child.communicate()
        if path.exists():
            assert_whole(path)
            path.unlink()
        else:
            killed += 1
    assert killed >= 3, "no kill came in time to prove anything"
    # What the killed ones left behind does not stop the next, and is cleared away.
    assert ensure_catalogue(path, seed=small_seed) is True
    assert_whole(path)
    assert sorted(entry.name for entry in tmp_path.iterdir() if "building" in entry.name) == []


def test_several_first_uses_at_once_make_one_catalogue(tmp_path: Path, small_seed: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    children = [start(path, small_seed) for _ in range(3)]
    outcomes = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    assert sorted(outcome["built"] for outcome in outcomes) == [False, False, True]
    assert_whole(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written(tmp_path: Path, small_seed: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir(mode=0o555)
    with pytest.raises(CatalogueReadOnly):
        ensure_catalogue(folder / "catalogue.sqlite", seed=small_seed)


def test_a_file_in_the_way_of_the_directory(tmp_path: Path, small_seed: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueReadOnly):
        ensure_catalogue(tmp_path / "file" / "catalogue.sqlite", seed=small_seed)


def test_a_damaged_snapshot_leaves_nothing(tmp_path: Path) -> None:
    seed = tmp_path / "bad.jsonl.gz"
    seed.write_bytes(gzip.compress(b'{"id": "a/b"}\n')[:-6])
    path = tmp_path / "catalogue.sqlite"
    with pytest.raises(BuildFailed):
        ensure_catalogue(path, seed=seed)
    assert not path.exists()


def test_the_shipped_snapshot_becomes_a_catalogue(seed_catalogue: Path) -> None:
    with CatalogueReader(seed_catalogue) as reader:
        facts = reader.meta()
        assert int(facts["models"]) > 25_000
        found = reader.get("bert-base-uncased")
        assert found is not None
        assert found.record.model_id == "google-bert/bert-base-uncased"
        assert reader.get("BERT-Base-Uncased") == found


def test_the_journal_of_a_deleted_catalogue_is_not_replayed(tmp_path: Path, small_seed: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    ensure_catalogue(path, seed=small_seed)
    writer = sqlite3.connect(path)
    writer.execute("UPDATE verdict SET reason = 'from the old one'")
    writer.commit()
    stale = {suffix: path.with_name(path.name + suffix).read_bytes() for suffix in ("-wal", "-shm")}
    writer.close()
    path.unlink()
    for suffix, content in stale.items():
        path.with_name(path.name + suffix).write_bytes(content)
    ensure_catalogue(path, seed=small_seed)
    assert_whole(path)
    with CatalogueReader(path) as reader:
        found = reader.get("author0/model-0")
    assert found is not None
    assert found.tag.reason != "from the old one"


def test_nothing_in_the_working_directory_is_imported(
    tmp_path: Path, small_seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gzip.py").write_text("raise SystemExit('imported from the working directory')")
    monkeypatch.chdir(tmp_path)
    assert ensure_catalogue(tmp_path / "catalogue.sqlite", seed=small_seed)


def test_a_chatty_child_does_not_block_the_build(
    tmp_path: Path, small_seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONVERBOSE", "1")
    assert ensure_catalogue(tmp_path / "catalogue.sqlite", seed=small_seed)
