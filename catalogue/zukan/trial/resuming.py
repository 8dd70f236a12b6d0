"""Downloads large files so that a trial that was killed goes on where it was.

huggingface_hub begins anew: its unfinished files have names that no later process looks for. Here the unfinished file
is named after its content, grows under a lock, and becomes huggingface_hub's own blob when it is whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from zukan.trial.progress import Progress

LEAST_BYTES = 10 * 2**20
"""Smaller files are not worth it: the client writes in pieces of this size."""
_FOLDER = ".zukan"
# It comes from the network and becomes a file's name.
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ETAG = re.compile(r"[0-9a-zA-Z_-]{1,128}")


def download(url: str, storage: Path, *, endpoint: str, timeout: float, progress: Progress) -> None:
    """Bring one file's content into the cache, where it is large and nobody else is at it; else do nothing.

    Args:
        url: Of the file on the Hub, at a commit.
        storage: The folder of the repository in huggingface_hub's cache.
        endpoint: The Hub's address; the user's token goes to no other.
        timeout: Seconds for the request of the file's facts.
        progress: Told about each piece.

    Raises:
        Whatever huggingface_hub raises; what has arrived is kept.

    """
    from huggingface_hub import constants, get_hf_file_metadata  # noqa: PLC0415
    from huggingface_hub.file_download import http_get, is_xet_available  # noqa: PLC0415
    from huggingface_hub.utils import build_hf_headers  # noqa: PLC0415

    facts = get_hf_file_metadata(url, timeout=timeout, library_name="zukan", endpoint=endpoint)
    size, etag = facts.size, facts.etag
    by_xet = facts.xet_file_data is not None and is_xet_available()
    if size is None or etag is None or not LEAST_BYTES <= size <= constants.MAX_HTTP_DOWNLOAD_SIZE or by_xet:
        # Xet keeps the pieces of unfinished files itself.
        return
    blob = storage / "blobs" / etag
    if not _ETAG.fullmatch(etag) or blob.exists():
        return
    headers = build_hf_headers(library_name="zukan")
    if urlsplit(facts.location).netloc != urlsplit(endpoint).netloc:
        headers.pop("authorization", None)
    part = storage / _FOLDER / f"{etag}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    with _locked(part) as file:
        if file is None:
            return
        arrived = file.tell()
        if arrived > size:
            arrived = file.truncate(0)
        progress.done += arrived
        http_get(
            facts.location,
            file,
            resume_size=arrived,
            headers=headers,
            expected_size=size,
            tqdm_class=progress.bar_class(),
        )
        file.flush()
        if arrived and _SHA256.fullmatch(etag) and _sha256(part) != etag:
            # What was there was damaged, by a crash of the machine for one.
            part.unlink()
            raise OSError(f"Consistency check failed: {part.name} has another content")
        blob.parent.mkdir(exist_ok=True)
        part.replace(blob)


@contextlib.contextmanager
def _locked(part: Path) -> Iterator[BinaryIO | None]:
    """Open a file to go on writing it; None where another process does."""
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        # The one before may have finished it meanwhile: then this file has no name any more, or is another one.
        yield file if _is_still(part, file) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_still(part: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(part.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
