"""Brings the files of one trial from the Hub into the Hugging Face cache: one listing, then only what is needed.

huggingface_hub retries little by itself (no retry of the listing, none of a 5xx or a reset inside a file), so the
bounded retries are here; large files go on where they were (`resuming`). Its progress bars are replaced by events.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from zukan.errors import (
    DiskFull,
    GatedModel,
    HubRefused,
    HubUnreachable,
    ModelNotFound,
    RateLimited,
    RevisionNotFound,
    StoreError,
    ZukanError,
)
from zukan.hub.address import endpoint
from zukan.hub_settings import check_hub_settings
from zukan.trial import listing_notes, resuming
from zukan.trial.events import EventCallback, TrialEvent, ignore
from zukan.trial.progress import Progress
from zukan.trial.source import FULL_SHA, Repository, cache_directory, cached_repository

T = TypeVar("T")

_ATTEMPTS = 4
_FIRST_DELAY = 0.5
_LISTING_SECONDS = 15.0
_LISTING_SECONDS_WITH_CACHE = 5.0
_NAMED = 3
"""Of the files to download, the largest are named."""
_MOST_PARAMETERS = 10**13
"""Authors write these numbers: more is a slip."""
_DISK_RESERVE = 64 * 1024 * 1024


def is_offline(*, asked: bool = False) -> bool:
    """Tell whether the network must not be used: by the caller, or by huggingface_hub's own variables."""
    values = (os.environ.get(name, "").upper() for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    return asked or any(value in ("1", "ON", "YES", "TRUE") for value in values)


def open_repository(
    model_id: str,
    *,
    revision: str | None = None,
    offline: bool = False,
    refresh: bool = False,
    usable: Callable[[Repository], bool] = lambda _repository: True,
    on_event: EventCallback = ignore,
) -> Repository:
    """Return a Hub model's files, from the cache where the network is not needed or not there.

    Args:
        model_id: A Hub id; an old name is followed to its present one.
        revision: Branch, tag or commit.
        offline: Use the cache only.
        refresh: Ask the Hub what a branch stands for now, even where the cache has all that is needed.
        usable: Tells whether a cached snapshot is complete enough for the trial.
        on_event: Told about the listing and the download.

    Raises:
        HubUnreachable: No network, and the cache does not hold what is needed.
        ModelNotFound: No such repository, or a private one.
        RevisionNotFound: No such revision.
        GatedModel: Access must be granted first.
        RateLimited: The Hub asks to wait.
        HubRefused: Any other answer.

    """
    cached = cached_repository(model_id, revision)
    if cached is not None and not usable(listing_notes.add(cached)):
        cached = None
    pinned = revision is not None and FULL_SHA.fullmatch(revision) is not None
    if cached is not None and (pinned or is_offline(asked=offline) or (cached.is_named and not refresh)):
        return cached
    if is_offline(asked=offline):
        raise HubUnreachable(endpoint(), f"{model_id} is not in the local cache", offline=True)
    on_event(TrialEvent("resolve", f"asking {endpoint()} for {model_id}"))
    try:
        return _list(model_id, revision, on_event, patient=cached is None)
    except (HubUnreachable, RateLimited) as error:
        if cached is None:
            raise
        reason = "asks to wait" if isinstance(error, RateLimited) else "cannot be reached"
        cached.warnings.append(f"the Hub {reason}: the cached copy {(cached.sha or '')[:7]} was used")
        return cached


@dataclass
class HubRepository(Repository):
    """A Hub model at one commit, whose files are fetched when they are asked for."""

    on_event: EventCallback = ignore

    def path(self, name: str) -> Path:
        """Return the local path of one file, downloading it if it is not cached."""
        if not (self.folder / name).is_file():
            self._fetch([name])
        return self.folder / name

    def head(self, name: str, length: int, *, attempts: int | None = None) -> bytes:
        """Return the first bytes of one file, with one request where it is not cached.

        Raises:
            HubError: The Hub did not give them.

        """
        if (self.folder / name).is_file():
            return super().head(name, length)
        url = f"{endpoint()}/{self.model_id}/resolve/{self.sha}/{quote(name)}"
        if (url, length) not in _heads:
            often = _ATTEMPTS if attempts is None else attempts
            _heads[url, length] = _retry(self.model_id, lambda: _first_bytes(url, length), attempts=often)
        return _heads[url, length]

    def missing(self, names: Sequence[str]) -> list[str]:
        """Return those of these files that are not cached."""
        return [name for name in names if not (self.folder / name).is_file()]

    def complete(self, names: Sequence[str]) -> Path:
        """Download what is missing, and return the snapshot's folder.

        Raises:
            DiskFull: The files do not fit the disk of the cache.

        """
        self._announce(missing := self.missing(names))
        self._fetch(missing)
        if self.downloaded_bytes == 0:
            self.source = "cache"
        self._write_reference()
        listing_notes.write(self)
        return self.folder

    def _announce(self, names: Sequence[str]) -> None:
        if names:
            largest = sorted(names, key=lambda name: -(self.sizes.get(name) or 0))
            text = ", ".join(largest[:_NAMED]) + (" …" if len(names) > _NAMED else "")
            total = sum(self.sizes.get(name) or 0 for name in names)
            self.on_event(TrialEvent("announce", text, total_bytes=total or None))

    def _fetch(self, names: Sequence[str]) -> None:
        if not names:
            return
        missing = sum(self.sizes.get(name) or 0 for name in names)
        _require_space(missing)
        if not self.downloaded_bytes:
            _retry(self.model_id, lambda: self._ask_for(names[0]))
        progress = Progress(self.on_event, missing)
        start = time.monotonic()
        for name in names:
            progress.message = name
            _retry(self.model_id, lambda name=name: self._download(name, progress))  # type: ignore[misc]
        progress.report(force=True)
        self.downloaded_bytes += progress.done
        self.download_seconds += time.monotonic() - start

    def _ask_for(self, name: str) -> None:
        """Ask for the first file's metadata, once: hf_hub_download itself would sit out a rate limit of minutes."""
        from huggingface_hub import get_hf_file_metadata, hf_hub_url  # noqa: PLC0415

        url = hf_hub_url(self.model_id, name, revision=self.sha, endpoint=endpoint())
        get_hf_file_metadata(url, timeout=_LISTING_SECONDS, library_name="zukan", endpoint=endpoint())

    def _download(self, name: str, progress: Progress) -> None:
        from huggingface_hub import hf_hub_download, hf_hub_url  # noqa: PLC0415 (0.2 s, not needed for a cached model)

        before = progress.done
        try:
            if (self.sizes.get(name) or 0) >= resuming.LEAST_BYTES:
                url = hf_hub_url(self.model_id, name, revision=self.sha, endpoint=endpoint())
                storage = self.folder.parents[1]
                resuming.download(url, storage, endpoint=endpoint(), timeout=_LISTING_SECONDS, progress=progress)
            hf_hub_download(
                self.model_id,
                name,
                revision=self.sha,
                cache_dir=cache_directory(),
                endpoint=endpoint(),
                library_name="zukan",
                tqdm_class=progress.bar_class(),
            )
        finally:
            # A resumed or repeated file must not be counted twice.
            arrived = (self.folder / name).is_file()
            progress.done = before + (self.sizes.get(name) or 0 if arrived else 0)

    def _write_reference(self) -> None:
        """Note which commit the branch stands for, as huggingface_hub does, so that later runs work offline."""
        revision = self.revision or "main"
        if FULL_SHA.fullmatch(revision) or self.sha is None or ".." in revision:
            return
        reference = self.folder.parents[1] / "refs" / revision
        try:
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(self.sha, encoding="utf-8")
        except OSError:
            # A read-only cache still serves its files.
            return


_heads: dict[tuple[str, int], bytes] = {}
"""Of commits, which never change: a trial that is asked about and then run looks once."""


def _first_bytes(url: str, length: int) -> bytes:
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status  # noqa: PLC0415

    headers = {**build_hf_headers(library_name="zukan"), "Range": f"bytes=0-{length - 1}"}
    with get_session().stream("GET", url, headers=headers, timeout=_LISTING_SECONDS, follow_redirects=True) as response:
        hf_raise_for_status(response)
        found = b""
        # A server that knows no ranges would send all of it.
        for piece in response.iter_bytes():
            found += piece
            if len(found) >= length:
                break
    return found[:length]


def _list(model_id: str, revision: str | None, on_event: EventCallback, *, patient: bool) -> HubRepository:
    """Ask for the repository's commit, tags and files in one request."""

    def ask() -> Any:
        from huggingface_hub.utils import (  # noqa: PLC0415
            build_hf_headers,
            get_session,
            hf_raise_for_status,
            validate_repo_id,
        )

        # The raw answer, not HfApi.model_info: its parser raises at one odd field that a trial never reads.
        validate_repo_id(model_id)
        url = f"{endpoint()}/api/models/{model_id}"
        if revision is not None:
            url += f"/revision/{quote(revision, safe='')}"
        response = get_session().get(
            url,
            params={"blobs": True},
            headers=build_hf_headers(library_name="zukan"),
            timeout=_LISTING_SECONDS if patient else _LISTING_SECONDS_WITH_CACHE,
        )
        hf_raise_for_status(response)
        return response.json()

    answer = _retry(model_id, ask, attempts=_ATTEMPTS if patient else 1)
    if not isinstance(answer, dict) or not isinstance(answer.get("sha"), str):
        raise HubRefused(200, "the answer describes no model")
    present_id = answer.get("id") if isinstance(answer.get("id"), str) else model_id
    siblings = answer.get("siblings")
    sizes = {
        row["rfilename"]: row.get("size") if isinstance(row.get("size"), int) else None
        for row in (siblings if isinstance(siblings, list) else ())
        if isinstance(row, dict) and isinstance(row.get("rfilename"), str)
    }
    storage = cache_directory() / f"models--{str(present_id).replace('/', '--')}"
    gguf = answer.get("gguf")
    total = gguf.get("total") if isinstance(gguf, dict) else None
    repository = HubRepository(
        model_id=str(present_id),
        source="hub",
        sizes=sizes,
        folder=storage / "snapshots" / answer["sha"],
        sha=answer["sha"],
        revision=revision,
        pipeline_tag=_text(answer.get("pipeline_tag")),
        library_name=_text(answer.get("library_name")),
        tags=tuple(str(tag) for tag in answer.get("tags") or ()),
        widget=tuple(widget) if isinstance(widget := answer.get("widgetData"), list) else (),
        on_event=on_event,
        parameters=total if type(total) is int and 0 < total < _MOST_PARAMETERS else None,
    )
    if str(present_id).lower() != model_id.lower():
        repository.warnings.append(f"{model_id} is now called {present_id}")
    return repository


def _retry(model_id: str, call: Callable[[], T], *, attempts: int = _ATTEMPTS) -> T:
    """Call, and call again after a 5xx, a reset or a time-out; every other error becomes ours at once."""
    check_hub_settings()
    delay = _FIRST_DELAY
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except ZukanError:
            raise
        except Exception as error:
            ours, transient = _translate(model_id, error)
            if ours is None:
                raise
            if not transient or attempt == attempts:
                raise ours from error
            time.sleep(delay)
            delay *= 2
    raise AssertionError("unreachable")


def _translate(model_id: str, error: Exception) -> tuple[ZukanError | None, bool]:
    """Return our error for one of huggingface_hub's, and whether trying again may help."""
    from huggingface_hub import errors  # noqa: PLC0415

    if isinstance(error, errors.OfflineModeIsEnabled):
        return HubUnreachable(endpoint(), "offline mode is on", offline=True), False
    if isinstance(error, errors.GatedRepoError):
        return GatedModel(model_id), False
    if isinstance(error, errors.RevisionNotFoundError):
        return RevisionNotFound(model_id), False
    if isinstance(error, errors.RepositoryNotFoundError):
        return ModelNotFound(model_id), False
    if isinstance(error, errors.HFValidationError):
        return ModelNotFound(model_id, "not a valid name of a repository"), False
    if isinstance(error, errors.LocalEntryNotFoundError):
        # hf_hub_download wraps whatever came of its HEAD request.
        if isinstance(error.__cause__, errors.HfHubHTTPError):
            return _translate(model_id, error.__cause__)
        return HubUnreachable(endpoint(), _last_line(error.__cause__ or error)), True
    if isinstance(error, errors.HfHubHTTPError):
        return _translate_status(model_id, error, is_file=isinstance(error, errors.EntryNotFoundError))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(cache_directory(), _last_line(error)), False
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(cache_directory(), _last_line(error)), False
    return _translate_transport(error)


def _translate_status(model_id: str, error: Any, *, is_file: bool) -> tuple[ZukanError, bool]:
    status = error.response.status_code
    if status == 429:
        return RateLimited(_seconds_to_wait(error.response.headers)), False
    if status in (401, 404) and not is_file and "nvalid credentials" not in str(error):
        # Over plain http huggingface_hub does not recognise the Hub's 401 for a missing repository.
        return ModelNotFound(model_id), False
    return HubRefused(status, _last_line(error)), status >= 500 or status == 408


def _translate_transport(error: Exception) -> tuple[ZukanError | None, bool]:
    import httpx2  # noqa: PLC0415 (huggingface_hub's HTTP client)

    if isinstance(error, httpx2.HTTPError):
        return HubUnreachable(endpoint(), f"{type(error).__name__}: {_last_line(error)}"), True
    if isinstance(error, OSError) and "Consistency check failed" in str(error):
        return HubUnreachable(endpoint(), _last_line(error)), True
    if isinstance(error, ValueError) and type(error).__name__ == "JSONDecodeError":
        return HubRefused(200, "the answer is not JSON"), True
    return None, False


def _seconds_to_wait(headers: Any) -> float | None:
    from huggingface_hub.utils import parse_ratelimit_headers  # noqa: PLC0415

    limit = parse_ratelimit_headers(headers)
    if limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    after = headers.get("Retry-After", "")
    return float(after) if after.isdigit() else None


def _require_space(needed: int) -> None:
    directory = cache_directory()
    existing = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if needed + _DISK_RESERVE > free:
        raise DiskFull(directory, f"{needed} bytes are needed, {free} are free")


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
