"""`zukan pull`: a published catalogue takes the place of the present one, whole and looked at, or not at all."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from zukan.build import upgrade
from zukan.errors import DiskFull, NoSuchSource, PullFailed, StoreError
from zukan.hub.address import endpoint
from zukan.hub.transfer import Remote, Transfer
from zukan.outcomes import PullReport
from zukan.shelves import fill_shelves
from zukan.store.candidate import (
    PULLED_AT,
    PULLED_ETAG,
    PULLED_FROM,
    PULLED_SHA256,
    Looked,
    Refused,
    drop,
    look_at,
    name_of_candidate,
    present_facts,
    take_over,
)
from zukan.store.connection import SCHEMA_VERSION, translated
from zukan.store.lock import fill_lock
from zukan.store.write import CatalogueWriter

MOST_BYTES = 16_000_000_000
"""Of a catalogue that is pulled, unless another limit is given: the whole Hub takes one to two and a half."""
FILE_NAME = "catalogue.sqlite"
_HUB_NAME = re.compile(
    r"hf://datasets/(?P<repo>[\w.-]{1,96}/[\w.-]{1,96})(?:@(?P<revision>[^/]{1,200}))?(?:/(?P<path>.{1,500}))?",
    re.ASCII,
)
_SHA256 = re.compile(r"^\s{0,9}([0-9a-fA-F]{64})\b")
_BLOCK = 1 << 20

Progress = Callable[[str, int, int | None], None]
"""Called with (`fetch`, `verify` or `swap`; bytes done; bytes in all, None where that is not known)."""


def pull(
    path: Path,
    source: str,
    *,
    force: bool = False,
    most_bytes: int = MOST_BYTES,
    progress: Progress | None = None,
) -> PullReport:
    """Fetch a published catalogue and put it in the place of the one at `path`; trials of this machine stay.

    Args:
        path: The catalogue; there may be none yet.
        source: `http(s)://…`, `hf://datasets/ORG/NAME[@REVISION][/PATH]`, or a file.
        force: Fetch it also where it is what was pulled the last time.
        most_bytes: A larger one is refused.
        progress: Told how far it is.

    Raises:
        NoSuchSource: There is no such file, or it is written like an address and is none.
        PullFailed: It is no catalogue, damaged, too large, or does not arrive; the present one
            is as it was.
        HubUnreachable: Offline on purpose.
        StoreError: The place cannot be written, the disk is full, or a crawl fills the catalogue.

    """
    say = progress or (lambda *_: None)
    began = time.monotonic()
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with fill_lock(path):
        _sweep(path)
        known = present_facts(path)
        same_source = known.get(PULLED_FROM) == source and not force
        etag = known.get(PULLED_ETAG) if same_source else None
        candidate = name_of_candidate(path)
        try:
            fetched = _fetch(path, source, candidate, etag, most_bytes, say)
            if fetched is None:
                models = int(known["models"])
                return PullReport(
                    source, changed=False, models=models, models_before=models, size_bytes=None, verified_by=None,
                    trials=0, seconds=_since(began),
                )  # fmt: skip
            remote, sha256, verified = fetched
            looked = _looked(source, candidate, say)
            say("swap", 0, None)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            facts = {PULLED_FROM: source, PULLED_ETAG: remote.etag or "", PULLED_AT: now, PULLED_SHA256: sha256}
            size = candidate.stat().st_size
            trials = take_over(candidate, path, facts)
            # The catalogue is in its place, and answers without shelves too.
            with suppress(StoreError), CatalogueWriter(path) as writer:
                fill_shelves(writer)
        finally:
            drop(candidate)
    models_before = int(known["models"]) if "models" in known else None
    return PullReport(
        source, changed=True, models=looked.models, models_before=models_before, size_bytes=size,
        verified_by=verified, trials=trials, seconds=_since(began),
    )  # fmt: skip


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)


def _sweep(path: Path) -> None:
    """Take away what pulls left that were killed while they looked; the fill lock is held, so none is at work."""
    with suppress(OSError):
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.pulled*"):
            left.unlink()


def url_of(source: str) -> str | None:
    """Return the address that a source stands for, None of a file.

    Raises:
        NoSuchSource: It is written like an address and is none.

    """
    if source.startswith(("http://", "https://")):
        return source
    if source.startswith("hf://"):
        found = _HUB_NAME.fullmatch(source.rstrip("/"))
        if found is None:
            raise NoSuchSource(source, "write it like hf://datasets/ORG/NAME or hf://datasets/ORG/NAME/PATH")
        where = quote(found["path"] or FILE_NAME)
        return f"{endpoint()}/datasets/{found['repo']}/resolve/{quote(found['revision'] or 'main', safe='')}/{where}"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://", source):
        raise NoSuchSource(source, "only http, https, hf and files can be pulled from")
    return None


def _fetch(
    path: Path, source: str, candidate: Path, etag: str | None, most: int, say: Progress
) -> tuple[Remote, str, str | None] | None:
    """Bring the file to the candidate's place; return (what it is, its sha256, by what that was checked).

    None where it is what `etag` says.
    """
    url = url_of(source)
    try:
        if url is None:
            return _copy(Path(source).expanduser(), candidate, etag, most, say)
        transfer = Transfer(url)
        remote = transfer.describe(etag)
        if remote.unchanged:
            return None
        part = path.with_name(f".{path.name}.pull")
        _check_room(path, (remote.size or 0) - (part.stat().st_size if part.exists() else 0))
        transfer.fetch(remote, part, most, lambda done, total: say("fetch", done, total))
        wanted = remote.sha256, "the Hub's checksum"
        if wanted[0] is None:
            wanted = _checksum(transfer.small(_beside(url))), "the checksum beside it"
        sha256 = _sha256(part, say)
        if wanted[0] is not None and sha256 != wanted[0]:
            _forget(part)
            raise PullFailed(source, f"its checksum is {sha256[:12]}…, not {wanted[0][:12]}… as published")
        part.replace(candidate)
        _forget(part)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(path, str(error)) from error
        raise StoreError(path, str(error)) from error
    return remote, sha256, wanted[1] if wanted[0] else None


def _copy(
    file: Path, candidate: Path, etag: str | None, most: int, say: Progress
) -> tuple[Remote, str, str | None] | None:
    try:
        size = file.stat().st_size
        if size > most:
            raise PullFailed(str(file), f"it has {size:,} bytes, more than the {most:,} allowed")
        sha256 = _sha256(file, say)
    except OSError as error:
        kind = NoSuchSource if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR) else PullFailed
        raise kind(str(file), error.strerror or str(error)) from error
    if sha256 == etag:
        return None
    beside = file.with_name(f"{file.name}.sha256")
    wanted = _checksum(beside.read_text("utf-8", "replace")[:4_096]) if beside.is_file() else None
    _check_room(candidate, size)
    with file.open("rb") as opened, candidate.open("wb") as target:
        shutil.copyfileobj(opened, target, _BLOCK)
        target.flush()
        os.fsync(target.fileno())
    found = _sha256(candidate, say)
    if found != (wanted or sha256):
        raise PullFailed(str(file), f"its checksum is {found[:12]}…, not {(wanted or sha256)[:12]}… as published")
    return Remote(str(file), sha256, size, wanted), found, "the checksum beside it" if wanted else None


def _check_room(path: Path, size: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if size > free:
        raise DiskFull(path, f"{size:,} bytes are needed and {free:,} are free")


def _forget(part: Path) -> None:
    for left in (part, part.with_name(f"{part.name}.json")):
        left.unlink(missing_ok=True)


def _beside(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}.sha256"))


def _checksum(text: str | None) -> str | None:
    found = _SHA256.match(text or "")
    return found[1].lower() if found else None


def _sha256(file: Path, say: Progress) -> str:
    digest, done, size = hashlib.sha256(), 0, file.stat().st_size
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
            done += len(block)
            say("verify", done, size)
    return digest.hexdigest()


def _looked(source: str, candidate: Path, say: Progress) -> Looked:
    say("verify", 0, None)
    try:
        looked = look_at(candidate)
        if looked.schema < SCHEMA_VERSION:
            upgrade(candidate)
            looked = look_at(candidate)
    except Refused as error:
        raise PullFailed(source, str(error)) from error
    return looked
