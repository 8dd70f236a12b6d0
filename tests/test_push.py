"""`zukan push` to a loopback Hub by its real client: said before it is sent, without what is private, and pulled back."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from hub_server import HubServer
from rich_catalogue import fill, view
from zukan.catalogue import Catalogue
from zukan.hub.datasets import is_name

Zukan = Callable[..., "CompletedProcess[str]"]
REPOSITORY = "acme/models"


@pytest.fixture
def rich(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a catalogue with private models beside the rest."""
    path = fill(tmp_path / "rich.sqlite", tmp_path, hub, monkeypatch)
    secret = {"_id": "e" * 24, "id": "acme/secret", "private": True, "tags": ["codename-otter"], "downloads": 9}
    (tmp_path / "secret.jsonl").write_text(json.dumps(secret) + "\n", encoding="utf-8")
    Catalogue(path).import_models([tmp_path / "secret.jsonl"], as_of="2026-01-01")
    hub.datasets.tokens.add("hf_writer")
    return path


@pytest.fixture
def environment(hub: HubServer, tmp_path: Path) -> dict[str, str]:
    return hub.environment(tmp_path / "cache") | {"HF_TOKEN": "hf_writer"}


def test_nothing_is_sent_before_it_is_said(
    rich: Path, hub: HubServer, environment: dict[str, str], zukan: Zukan
) -> None:
    hub.requests.clear()
    done = zukan("push", REPOSITORY, "--db", str(rich), environment=environment)
    assert done.returncode == 0, done.stderr
    assert hub.requests == []
    for said in ("hf://datasets/acme/models", "catalogue.sqlite (", "README.md (", "1 private", "1 of a folder"):
        assert said in done.stdout
    assert "add --yes" in done.stderr
    japanese = zukan("push", REPOSITORY, "--db", str(rich), "--ui", "ja", environment=environment)
    assert "まだ何も送信していません" in japanese.stderr
    assert "このマシンのフォルダーのモデル" in japanese.stdout


def test_what_is_published_comes_back_without_what_is_private(
    rich: Path, tmp_path: Path, hub: HubServer, environment: dict[str, str], zukan: Zukan
) -> None:
    done = zukan(
        "push", REPOSITORY, "--yes", "--private", "--format", "json", "--db", str(rich), environment=environment
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert (plan["published"], plan["left_out"]) == (True, {"private": 1, "of a folder of this machine": 1})
    held = hub.datasets.repositories[REPOSITORY]
    content = held["catalogue.sqlite"].content
    assert held["catalogue.sqlite"].sha256 == plan["sha256"] == hashlib.sha256(content).hexdigest()
    assert held["catalogue.sqlite.sha256"].content.decode().split()[0] == plan["sha256"]
    card = held["README.md"].content.decode()
    assert f"{plan['models']:,} models" in card
    assert str(plan["as_of"]) in card
    assert REPOSITORY in hub.datasets.private
    for hidden in (b"acme/secret", b"codename-otter", b"secret.jsonl", str(tmp_path).encode()):
        assert hidden not in content
    new = tmp_path / "new.sqlite"
    pulled = zukan("pull", f"hf://datasets/{REPOSITORY}", "--db", str(new), "--format", "json", environment=environment)
    assert pulled.returncode == 0, pulled.stderr
    assert json.loads(pulled.stdout)["verified_by"] == "the Hub's checksum"
    kept = {row for row in view(rich, "models") if row[0] != "acme/secret" and not str(row[0]).startswith("/")}
    names = ("model_id", "family", "reason", "downloads", "tags", "as_of", "absent")
    assert facts(new, names) == [row for row in facts(rich, names) if row[0] in {str(row[0]) for row in kept}]
    for name in ("trials", "refused_rows"):
        assert view(new, name) == []
    assert zukan("search", "haiku", "--db", str(new), "--format", "ids").stdout.split() == ["acme/poet"]


def facts(path: Path, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {', '.join(names)} FROM models ORDER BY model_id").fetchall()  # noqa: S608


def test_the_same_again_sends_nothing(rich: Path, hub: HubServer, environment: dict[str, str], zukan: Zukan) -> None:
    assert zukan("push", REPOSITORY, "--yes", "--db", str(rich), environment=environment).returncode == 0
    commits = len(hub.datasets.messages)
    again = zukan("push", REPOSITORY, "--yes", "--db", str(rich), environment=environment)
    assert again.returncode == 0
    assert "nothing was sent" in again.stderr
    assert len(hub.datasets.messages) == commits


@pytest.mark.parametrize(("token", "status"), [("", "401"), ("hf_reader", "403")])
def test_who_may_not_write_there_is_told(
    rich: Path, hub: HubServer, environment: dict[str, str], zukan: Zukan, token: str, status: str
) -> None:
    done = zukan("push", REPOSITORY, "--yes", "--db", str(rich), environment=environment | {"HF_TOKEN": token})
    assert done.returncode == 3
    assert f"HTTP {status}" in done.stderr
    assert "hf auth login" in done.stderr
    assert hub.datasets.repositories == {}


def test_the_catalogue_that_is_published_stays_as_it_is(rich: Path, environment: dict[str, str], zukan: Zukan) -> None:
    before = [view(rich, name) for name in ("models", "trials", "crawls", "refused_rows")]
    names = {item.name for item in rich.parent.iterdir()}
    assert zukan("push", REPOSITORY, "--yes", "--db", str(rich), environment=environment).returncode == 0
    assert [view(rich, name) for name in ("models", "trials", "crawls", "refused_rows")] == before
    assert {item.name for item in rich.parent.iterdir()} - names <= {"cache"}


def test_names_of_repositories() -> None:
    assert is_name("acme/models")
    assert not any(map(is_name, ("models", "a/b/c", "../x", "acme/", "https://x/y", "a/-b", "acme/mo--dels")))
