"""`zukan pull` over real HTTP: what is interrupted, false or damaged never replaces or harms the present catalogue."""

from __future__ import annotations

import hashlib
import json
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import child_environment
from hub_server import HubServer
from hub_server_wire import Listener, Request, Response
from rich_catalogue import add_trial, view
from zukan import shelves
from zukan.catalogue import Catalogue
from zukan.errors import CatalogueLocked, CrawlRunning, DiskFull, PullFailed
from zukan.hub import transfer
from zukan.shelves import fill_shelves
from zukan.store import candidate, swap
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter

Zukan = Callable[..., "CompletedProcess[str]"]


def made(path: Path, folder: Path, name: str, models: int = 400) -> Path:
    """Make a catalogue of some models of one author, as one file."""
    rows = folder / f"{name}.jsonl"
    rows.write_text(
        "".join(
            json.dumps({"id": f"{name}/model-{place}", "downloads": place, "tags": ["transformers", f"tag-{place}"]})
            + "\n"
            for place in range(models)
        ),
        encoding="utf-8",
    )
    with CatalogueWriter(path, create=True):
        pass
    Catalogue(path).import_models([rows], as_of="2026-01-01")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    return made(folder / "catalogue.sqlite", folder, "team")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    path = made(folder / "own.sqlite", folder, "own", 30)
    add_trial(path, "own/model-1")
    return path


@pytest.fixture
def present(own: Path, tmp_path: Path) -> Path:
    """Return this test's own catalogue of 30 models and a trial."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(own, folder / "present.sqlite")
    return folder / "present.sqlite"


class Site:
    """A plain web server with one file, its etag, and a fault for the next answers."""

    def __init__(self, content: bytes) -> None:
        self.files = {"/catalogue.sqlite": content}
        self.requests: list[Request] = []
        self.cut_at: list[int] = []
        """Bytes after which answers end, one for each."""
        self.pause = 0.0
        self.status: int | None = None
        self.headers: dict[str, str] = {}

    def answer(self, request: Request) -> tuple[Response, None]:
        """Answer as a plain web server does."""
        self.requests.append(request)
        content = self.files.get(request.path)
        if self.status is not None:
            return Response(self.status, self.headers, b""), None
        if content is None:
            return Response(404, {}, b"no such file"), None
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        headers = {"ETag": etag, "Accept-Ranges": "bytes", **self.headers}
        start = int(request.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        body = content[start:]
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        length = len(body)
        if request.method == "GET" and self.cut_at:
            body = body[: self.cut_at.pop(0)]
        if request.method == "GET":
            time.sleep(self.pause)
        return Response(206 if start else 200, headers, body, length), None

    def gets(self) -> list[Request]:
        """Return the requests that wanted the file itself."""
        return [request for request in self.requests if request.method == "GET" and request.path == "/catalogue.sqlite"]


@contextmanager
def serving(site: Site) -> Iterator[str]:
    listener = Listener("hub", site.answer)
    try:
        yield f"{listener.url}/catalogue.sqlite"
    finally:
        listener.stop()


@pytest.fixture
def site(published: Path) -> Iterator[tuple[Site, str]]:
    found = Site(published.read_bytes())
    with serving(found) as url:
        yield found, url


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_FIRST_WAIT", 0.001)


def state(path: Path) -> tuple[Any, ...]:
    """Return all that a catalogue says, after proving that it is whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return tuple(tuple(view(path, name)) for name in ("models", "trials", "history", "cards"))


def left_overs(path: Path) -> list[str]:
    known = {"", "-wal", "-shm", ".lock", ".crawl.lock", ".swap.lock"}
    return sorted(item.name for item in path.parent.iterdir() if item.name.removeprefix(path.name) not in known)


# --- what a pull does -------------------------------------------------------------------------------------------


def test_shelves_are_filled_from_what_is_stored_and_not_pulled(
    present: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying = Path(shutil.copy(published, tmp_path / "lying.sqlite"))
    with CatalogueWriter(lying) as writer:
        assert fill_shelves(writer, 0)
        with writer.transaction():
            tasks = writer.connection.execute("SELECT task FROM shelf").fetchall()
            for (task,) in tasks:
                writer.connection.execute("UPDATE shelf SET packed = ? WHERE task = ?", (b"a lie", task))
    assert len(tasks) > 50
    for least in (100_000, 0):
        monkeypatch.setattr(shelves, "_LEAST", least)
        with serving(Site(lying.read_bytes())) as url:
            assert Catalogue(present).pull(url).changed
        with closing(sqlite3.connect(present)) as connection:
            stored = [packed for (packed,) in connection.execute("SELECT packed FROM shelf")]
            connection.execute("DELETE FROM meta WHERE name LIKE 'pulled%'")
            connection.commit()
        assert len(stored) == (0 if least else len(tasks))
        assert b"a lie" not in stored


def test_a_published_catalogue_takes_the_place_and_trials_stay(
    present: Path, published: Path, site: tuple[Site, str]
) -> None:
    trials = view(present, "trials")
    catalogue = Catalogue(present)
    assert catalogue.search("own/model-1").hits, "a reader is open"
    report = catalogue.pull(site[1])
    assert (report.changed, report.models, report.models_before, report.trials) == (True, 400, 30, 1)
    assert report.verified_by is None, "nothing beside it says a checksum"
    assert view(present, "models") == view(published, "models")
    assert view(present, "trials") == trials
    assert [hit.record.model_id for hit in catalogue.search("team/model-1", limit=1).hits] == ["team/model-1"]
    assert left_overs(present) == []


def test_nothing_is_fetched_where_nothing_changed(present: Path, site: tuple[Site, str]) -> None:
    server, url = site
    Catalogue(present).pull(url)
    add_trial(present, "team/model-2")
    server.requests.clear()
    again = Catalogue(present).pull(url)
    assert (again.changed, again.models, server.gets()) == (False, 400, [])
    assert Catalogue(present).pull(url, force=True).trials == 2
    server.files["/catalogue.sqlite"] += b""
    with closing(sqlite3.connect(present)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    server.files["/catalogue.sqlite"] = present.read_bytes()
    assert Catalogue(present).pull(url).changed, "another etag is another catalogue"


def test_where_there_is_none_it_becomes_the_first(tmp_path: Path, site: tuple[Site, str], published: Path) -> None:
    path = tmp_path / "new" / "catalogue.sqlite"
    report = Catalogue(path).pull(site[1])
    assert (report.models, report.models_before, report.trials) == (400, None, 0)
    assert view(path, "models") == view(published, "models")


def test_a_file_can_be_pulled_too(present: Path, published: Path) -> None:
    assert Catalogue(present).pull(str(published)).models == 400
    assert not Catalogue(present).pull(str(published)).changed
    with pytest.raises(PullFailed):
        Catalogue(present).pull(str(published.with_name("nowhere.sqlite")))


def test_trials_of_the_one_who_published_are_not_taken(present: Path, tmp_path: Path, published: Path) -> None:
    theirs = tmp_path / "theirs.sqlite"
    shutil.copyfile(published, theirs)
    add_trial(theirs, "team/model-3")
    Catalogue(present).pull(str(theirs))
    assert [row[1] for row in view(present, "trials")] == ["own/model-1"]


@pytest.mark.parametrize("large", [True, False])
def test_the_hub_says_the_checksum_of_a_large_file(
    present: Path, published: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    content = published.read_bytes()
    sha256 = f"{hashlib.sha256(content).hexdigest()}  catalogue.sqlite\n".encode()
    names = ("catalogue.sqlite",) if large else ()
    hub.datasets.add("acme/models", {"catalogue.sqlite": content, "catalogue.sqlite.sha256": sha256}, large=names)
    report = Catalogue(present).pull("hf://datasets/acme/models")
    assert (report.models, report.verified_by) == (400, "the Hub's checksum" if large else "the checksum beside it")
    before = len(hub.requests)
    assert not Catalogue(present).pull("hf://datasets/acme/models").changed
    assert {request.method for request in hub.requests[before:]} == {"HEAD"}
    hub.datasets.private.add("acme/models")
    with pytest.raises(PullFailed, match="not open to you"):
        Catalogue(present).pull("hf://datasets/acme/models", force=True)


def test_the_token_goes_to_the_hub_alone(
    present: Path, site: tuple[Site, str], hub: HubServer, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server, url = site
    Catalogue(present).pull(url)
    assert all(request.token is None for request in server.requests)
    hub.datasets.add("acme/models", {"catalogue.sqlite": published.read_bytes()}, large=("catalogue.sqlite",))
    Catalogue(present).pull("hf://datasets/acme/models")
    asked = {request.origin: request.token for request in hub.requests}
    assert asked == {"hub": "hf_secret", "cdn": None}


# --- what may not be taken -------------------------------------------------------------------------------------


def edited(published: Path, target: Path, *statements: str) -> Path:
    shutil.copyfile(published, target)
    with closing(sqlite3.connect(target)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return target


FALSE = {
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON trial BEGIN DELETE FROM model; END",),
    "another view": ("CREATE VIEW more AS SELECT 1",),
    "a view of ours that says something else": ("DROP VIEW cards", "CREATE VIEW cards AS SELECT 1 AS model_id"),
    "a table too many": ("CREATE TABLE more (x)",),
    "no models": ("DELETE FROM model",),
    "a newer schema": ("PRAGMA user_version = 99",),
    "another program's": ("PRAGMA application_id = 1",),
}


@pytest.mark.parametrize("kind", FALSE)
def test_a_catalogue_that_is_none_is_refused(present: Path, published: Path, tmp_path: Path, kind: str) -> None:
    before = state(present)
    with pytest.raises(PullFailed):
        Catalogue(present).pull(str(edited(published, tmp_path / "false.sqlite", *FALSE[kind])))
    assert state(present) == before
    assert left_overs(present) == []


def test_a_page_that_is_not_what_it_was_is_found(present: Path, published: Path, tmp_path: Path) -> None:
    before, content = state(present), bytearray(published.read_bytes())
    refused = 0
    for place in range(4_096, len(content), 4_096 * 7):
        damaged = bytearray(content)
        damaged[place : place + 64] = b"\xff" * 64
        (tmp_path / "damaged.sqlite").write_bytes(damaged)
        try:
            Catalogue(present).pull(str(tmp_path / "damaged.sqlite"))
        except PullFailed:
            refused += 1
        else:
            shutil.copyfile(present, tmp_path / "taken.sqlite")
            assert len(view(tmp_path / "taken.sqlite", "models")) == 400
            break
        assert state(present) == before
    assert refused


def test_what_is_not_what_was_published_is_refused(present: Path, site: tuple[Site, str]) -> None:
    server, url = site
    before = state(present)
    server.files["/catalogue.sqlite.sha256"] = b"0" * 64 + b"  catalogue.sqlite\n"
    with pytest.raises(PullFailed, match="checksum"):
        Catalogue(present).pull(url)
    assert (state(present), left_overs(present)) == (before, [])
    true = hashlib.sha256(server.files["/catalogue.sqlite"]).hexdigest()
    server.files["/catalogue.sqlite.sha256"] = f"{true}  catalogue.sqlite\n".encode()
    assert Catalogue(present).pull(url).verified_by == "the checksum beside it"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418, 503])
def test_a_server_that_refuses_leaves_all_as_it_was(present: Path, site: tuple[Site, str], status: int) -> None:
    before = state(present)
    site[0].status = status
    with pytest.raises(PullFailed, match=str(status)):
        Catalogue(present).pull(site[1])
    assert state(present) == before


def test_a_file_may_not_be_larger_than_allowed(present: Path, site: tuple[Site, str], published: Path) -> None:
    before = state(present)
    size = published.stat().st_size
    with pytest.raises(PullFailed, match="more than"):
        Catalogue(present).pull(site[1], most_bytes=size - 1)
    with pytest.raises(PullFailed, match="more than"):
        Catalogue(present).pull(str(published), most_bytes=size - 1)
    assert state(present) == before
    assert Catalogue(present).pull(site[1], most_bytes=size).changed


@pytest.mark.parametrize(
    "source",
    ["ftp://127.0.0.1/c.sqlite", "hf://models/acme/x", "hf://datasets/acme", "http://127.0.0.1:9/c.sqlite", "http://"],
)
def test_other_sources_have_their_sentence(present: Path, source: str) -> None:
    with pytest.raises(PullFailed):
        Catalogue(present).pull(source)


@pytest.mark.parametrize("source", ["ftp://127.0.0.1/c.sqlite", "hf://datasets/acme", "nothing.sqlite", "."])
def test_what_is_no_source_is_a_wrong_argument(present: Path, zukan: Zukan, source: str) -> None:
    done = zukan("pull", source, "--db", str(present))
    assert done.returncode == 2
    assert "zukan pull --help" in done.stderr


def test_offline_nothing_is_asked(present: Path, zukan: Zukan, site: tuple[Site, str]) -> None:
    done = zukan("pull", site[1], "--db", str(present), environment={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 3
    assert "switched off" in done.stderr
    assert site[0].requests == []


# --- locks -----------------------------------------------------------------------------------------------------


def test_a_pull_waits_for_no_crawl_and_keeps_out_of_its_way(present: Path, published: Path) -> None:
    with fill_lock(present), pytest.raises(CrawlRunning):
        Catalogue(present).pull(str(published))


def test_who_writes_meanwhile_is_not_lost(present: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(present)
    monkeypatch.setattr(swap.nobody_writing.__wrapped__, "__defaults__", (0.2,))  # type: ignore[attr-defined]
    with CatalogueWriter(present), pytest.raises(CatalogueLocked):
        Catalogue(present).pull(str(published))
    assert state(present) == before


def test_trials_that_are_stored_during_pulls_are_all_kept(present: Path, published: Path) -> None:
    """Trials come from another thread all the time, each by a writer of its own, while the catalogue is swapped."""
    stop = threading.Event()
    stored: list[int] = []
    problems: list[BaseException] = []

    def store() -> None:
        try:
            while not stop.is_set():
                add_trial(present, "own/model-1")
                stored.append(1)
        except BaseException as error:  # noqa: BLE001 (told below)
            problems.append(error)

    def read() -> None:
        try:
            while not stop.is_set():
                with Catalogue(present) as catalogue:
                    assert catalogue.search("model", limit=3).hits
        except BaseException as error:  # noqa: BLE001 (told below)
            problems.append(error)

    threads = [threading.Thread(target=work) for work in (store, read, read)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(6):
            Catalogue(present).pull(str(published), force=True)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert problems == []
    assert len(view(present, "trials")) == 1 + len(stored)
    assert stored


# --- interruptions ---------------------------------------------------------------------------------------------


def test_cut_off_at_twenty_places_it_goes_on_and_comes_whole(
    present: Path, site: tuple[Site, str], published: Path
) -> None:
    server, url = site
    size = published.stat().st_size
    before, draw = state(present), random.Random(9)
    there = 0
    for place in sorted(draw.randrange(1, size) for _ in range(20)):
        server.cut_at, there = [place - there] + [0] * 20, place
        server.requests.clear()
        with pytest.raises(PullFailed) as caught:
            Catalogue(present).pull(url)
        assert caught.value.resumable
        assert (present.parent / ".present.sqlite.pull").stat().st_size == place
        assert state(present) == before
        server.cut_at = []
    server.requests.clear()
    report = Catalogue(present).pull(url)
    assert report.changed
    assert "range" in server.gets()[0].headers, "it goes on where it was cut"
    assert view(present, "models") == view(published, "models")


def test_a_line_that_is_cut_again_and_again_still_brings_it(present: Path, site: tuple[Site, str]) -> None:
    server, url = site
    server.cut_at = [50_000, 0, 1, 30_000, 0, 7, 10_000]
    assert Catalogue(present).pull(url).models == 400
    assert len(server.gets()) == 8


def test_a_file_that_changed_since_it_was_cut_is_fetched_anew(
    present: Path, site: tuple[Site, str], tmp_path: Path
) -> None:
    server, url = site
    server.cut_at = [60_000] + [0] * 20
    with pytest.raises(PullFailed):
        Catalogue(present).pull(url)
    server.cut_at = []
    other = made(tmp_path / "other.sqlite", tmp_path, "other", 350)
    server.files["/catalogue.sqlite"] = other.read_bytes()
    assert Catalogue(present).pull(url).models == 350
    assert view(present, "models") == view(other, "models")


def pulling(path: Path, url: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "zukan_cli", "pull", url, "--db", str(path), "--force"]
    return subprocess.Popen(
        arguments, env=child_environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_killed_at_twenty_moments_it_harms_nothing(present: Path, site: tuple[Site, str], published: Path) -> None:
    """Half of the kills come while it is fetched, half while it is checked and swapped, wherever that is by then."""
    server, url = site
    server.pause = 0.05
    before, draw, killed = state(present), random.Random(4), 0
    whole = {before[0], tuple(view(published, "models"))}

    def until_it_fetches(child: subprocess.Popen[str]) -> None:
        server.requests.clear()
        ends = time.monotonic() + 60
        while not server.gets() and child.poll() is None and time.monotonic() < ends:
            time.sleep(0.005)

    with pulling(present, url) as child:
        until_it_fetches(child)
        began = time.monotonic()
        child.wait(60)
        lasts = time.monotonic() - began
    for _ in range(20):
        with pulling(present, url) as child:
            until_it_fetches(child)
            time.sleep(draw.random() * lasts)
            child.kill()
        killed += child.returncode == -signal.SIGKILL
        now = state(present)
        assert now[0] in whole
        assert now[1] == before[1], "the trials are there, whichever catalogue it is"
    assert killed > 5
    assert Catalogue(present).pull(url, force=True).trials == 1
    assert left_overs(present) == []


STEPS = ("unlink", "replace", "fsync", "open")


@pytest.mark.parametrize("number", range(1, 21))
def test_killed_between_any_two_steps_of_the_swap_it_harms_nothing(present: Path, published: Path, number: int) -> None:
    """The child dies by its own hand before the nth call that changes a file, with a reader and a journal beside it."""
    with closing(sqlite3.connect(present)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    add_trial(present, "own/model-2")
    before = state(present)
    code = f"""
import os, signal, sys, pathlib
from zukan.catalogue import Catalogue
from zukan.store import candidate
from zukan.sharing import pull as module
left = {number}
def counted(call):
    def wrapper(*arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return wrapper
def begin(*arguments):
    pathlib.Path.unlink, pathlib.Path.replace = counted(pathlib.Path.unlink), counted(pathlib.Path.replace)
    os.fsync, os.open = counted(os.fsync), counted(os.open)
    return candidate.take_over(*arguments)
module.take_over = begin
Catalogue({str(present)!r}).pull({str(published)!r})
print("done")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL or done.stdout == "done\n", done.stderr
    now = state(present)
    assert now[0] in (before[0], tuple(view(published, "models")))
    assert now[1] == before[1]
    assert Catalogue(present).pull(str(published), force=True).trials == 2
    assert left_overs(present) == []


def test_a_limit_of_file_size_harms_nothing(
    present: Path, site: tuple[Site, str], published: Path, zukan: Zukan
) -> None:
    size = published.stat().st_size
    before = state(present)
    for share in (0.01, 0.3, 0.9):

        def small(limit: int = int(size * share)) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        for source in (site[1], str(published)):
            done = zukan("pull", source, "--db", str(present), "--quiet", preexec_fn=small)
            assert done.returncode == 5, done.stderr
            assert state(present) == before
    assert Catalogue(present).pull(site[1]).changed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Return a function that gives a folder on a disk of its own of so many bytes."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(size: int) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("a disk that is full needs the right to mount one")
        return place

    yield mount
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


@pytest.mark.parametrize("tenths", range(1, 25, 3))
def test_a_full_disk_harms_nothing(
    present: Path, published: Path, small_disk: Callable[[int], Path], tenths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Room for a tenth of the new catalogue, and more, up to where it fits."""
    room = published.stat().st_size * tenths // 10
    disk = small_disk(present.stat().st_size + room)
    path = disk / "present.sqlite"
    shutil.copyfile(present, path)
    before = state(path)
    usage = shutil.disk_usage(disk)
    # What is free is looked at first; here it is taken by somebody else a moment later.
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**12))
    try:
        report = Catalogue(path).pull(str(published))
    except DiskFull:
        assert state(path) == before
        assert left_overs(path) == []
        assert tenths < 24
    else:
        assert (report.trials, len(view(path, "models"))) == (1, 400)
        assert tenths > 9


def test_too_little_room_is_said_before_anything_is_fetched(
    present: Path, site: tuple[Site, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(present)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(DiskFull):
        Catalogue(present).pull(site[1])
    assert site[0].gets() == []


# --- the command -----------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(present: Path, site: tuple[Site, str], zukan: Zukan) -> None:
    server, url = site
    done = zukan("pull", url, "--db", str(present))
    assert done.returncode == 0, done.stderr
    assert "400; 30 before" in done.stdout
    assert "1 carried over" in done.stdout
    again = zukan("pull", url, "--db", str(present), "--format", "json")
    assert json.loads(again.stdout)["changed"] is False
    server.status = 404
    refused = zukan("pull", url, "--db", str(present), "--force", "--ui", "ja")
    assert refused.returncode == 3
    assert "カタログは元のままです" in refused.stderr
    assert "HTTP 404" in refused.stderr


def test_the_present_facts_are_those_of_the_file(present: Path) -> None:
    assert candidate.present_facts(present)["models"] == "30"
    assert candidate.present_facts(present.with_name("none.sqlite")) == {}
