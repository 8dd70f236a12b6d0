"""Publishes files in a data set repository of the Hub, by the Hub's own client: one commit, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zukan.errors import HubUnreachable, PushRefused
from zukan.hub.address import endpoint
from zukan.hub_settings import check_hub_settings

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def is_name(repository: str) -> bool:
    """Whether this is written like the name of a repository: `ORG/NAME`."""
    return _NAME.fullmatch(repository) is not None and "--" not in repository and ".." not in repository


def file_checksum(repository: str, name: str) -> str | None:
    """Return the sha256 of a file that a data set repository holds, None where there is none or nobody says it.

    Raises:
        HubUnreachable: The Hub cannot be reached.

    """
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415 (0.2 s; only who publishes pays it)

    with _translated(repository):
        try:
            found = _api().get_paths_info(repository, [name], repo_type="dataset")
        except HfHubHTTPError:
            return None
    lfs = getattr(found[0], "lfs", None) if found else None
    return lfs.sha256 if lfs else None


def publish(repository: str, files: Mapping[str, Path], message: str, *, private: bool) -> str:
    """Make the repository if there is none, and commit the files; return the address of the commit.

    Args:
        repository: `ORG/NAME`.
        files: Name in the repository → file.
        message: First line of the commit.
        private: Whether a new repository is only for its owners; one that is there stays as it is.

    Raises:
        PushRefused: There is no token, or it may not write there; or the Hub refuses.
        HubUnreachable: The Hub cannot be reached.

    """
    from huggingface_hub import CommitOperationAdd  # noqa: PLC0415

    with _translated(repository):
        api = _api()
        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        operations = [CommitOperationAdd(name, str(file)) for name, file in files.items()]
        found = api.create_commit(repository, operations, commit_message=message, repo_type="dataset")
    return str(found.commit_url)


def _api() -> Any:
    from huggingface_hub import HfApi  # noqa: PLC0415

    from zukan import __version__  # noqa: PLC0415

    return HfApi(endpoint=endpoint(), library_name="zukan", library_version=__version__)


@contextmanager
def _translated(repository: str) -> Iterator[None]:
    check_hub_settings()
    import httpx2  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled  # noqa: PLC0415

    try:
        yield
    except OfflineModeIsEnabled as error:
        raise HubUnreachable(endpoint(), str(error), offline=True) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        said = (error.server_message or str(error)).strip().partition("\n")[0][:200]
        raise PushRefused(repository, f"HTTP {status}: {said}") from error
    except HFValidationError as error:
        raise PushRefused(repository, str(error)[:200]) from error
    except httpx2.HTTPError as error:
        raise HubUnreachable(endpoint(), f"{type(error).__name__}: {error}".rstrip(": ")) from error
