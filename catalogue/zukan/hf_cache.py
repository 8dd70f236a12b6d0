"""The local Hugging Face cache, where trials put what they download: listing and removing, by its own functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from zukan.errors import CacheEntryMissing
from zukan.hub_settings import check_hub_values
from zukan.outcomes import CacheEntry

if TYPE_CHECKING:
    from huggingface_hub import CachedRepoInfo, HFCacheInfo


def _scan() -> HFCacheInfo | None:
    check_hub_values()
    from huggingface_hub import CacheNotFound, scan_cache_dir  # noqa: PLC0415 (0.2 s; only `cache` pays it)

    try:
        return scan_cache_dir()
    except (CacheNotFound, ValueError):
        # A file in its place holds no models either.
        return None


def cached_models(tried: Collection[str] = ()) -> tuple[CacheEntry, ...]:
    """Return the models in the cache, largest first.

    Args:
        tried: Ids of the models that zukan has tried, to tell them from what other programs downloaded.

    """
    info = _scan()
    if info is None:
        return ()
    known = {name.lower() for name in tried}
    entries = [
        CacheEntry(
            model_id=repo.repo_id,
            size_bytes=repo.size_on_disk,
            last_used=datetime.fromtimestamp(repo.last_accessed, UTC).isoformat(timespec="seconds"),
            revisions=len(repo.revisions),
            path=str(repo.repo_path),
        )
        for repo in info.repos
        if repo.repo_type == "model"
    ]
    return tuple(
        replace(entry, tried=entry.model_id.lower() in known)
        for entry in sorted(entries, key=lambda entry: -entry.size_bytes)
    )


def check_cached(model_ids: Collection[str]) -> None:
    """Make sure that all these models are in the cache.

    Raises:
        CacheEntryMissing: One of them is not.

    """
    repos = _models()
    for name in model_ids:
        if name.lower() not in repos:
            near = get_close_matches(name.lower(), list(repos), n=3, cutoff=0.5)
            raise CacheEntryMissing(name, [repos[key].repo_id for key in near])


def _models() -> dict[str, CachedRepoInfo]:
    info = _scan()
    return {repo.repo_id.lower(): repo for repo in info.repos if repo.repo_type == "model"} if info else {}


def remove_models(model_ids: Collection[str]) -> int:
    """Delete models from the cache and return how many bytes that freed.

    Raises:
        CacheEntryMissing: One of them is not there; then nothing is deleted.

    """
    check_cached(model_ids)
    info, repos = _scan(), _models()
    if info is None or not model_ids:
        return 0
    revisions = [revision.commit_hash for name in model_ids for revision in repos[name.lower()].revisions]
    plan = info.delete_revisions(*revisions)
    plan.execute()
    return int(plan.expected_freed_size)
