"""Reaches a Ray cluster, or starts one on this machine and takes it down; Ray's errors become ours."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ray

from zukan import hardware as machine
from zukan.cluster.messages import LOCAL
from zukan.errors import ClusterError, ClusterMismatch, ClusterUnreachable

_STORE_BYTES = 100_000_000
"""Answers are small; Ray takes a third of the memory unless it is told."""
_USABLE = 0.9
"""Of the free memory, for models; the rest is for Ray itself and for whatever else runs."""
_SECONDS = 5.0
_HOST_AND_PORT = re.compile(r"(?:ray://)?(?P<host>\[[^\]]+\]|[^\s:/]+):(?P<port>\d{1,5})")


@contextlib.contextmanager
def connected(address: str, folder: Path) -> Iterator[None]:
    """Be connected to a cluster for as long as the `with` lasts.

    Args:
        address: What `ray.init` takes, or `local` for a cluster that is started here and taken down at the end.
        folder: Where a cluster that is started here keeps its files.

    Raises:
        ClusterUnreachable: None answers there, or it lets nobody in.
        ClusterMismatch: It runs another Python or another Ray.

    """
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if address == LOCAL:
        found = machine.detect()
        options |= {
            "num_cpus": found.cores,
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
            "_temp_dir": str(folder),
            "_node_ip_address": "127.0.0.1",
        }
        if found.available_bytes is not None:
            options["_memory"] = int(found.available_bytes * _USABLE)
    else:
        _knock(address)
    try:
        ray.init(address, **options)
    except (Exception, SystemExit) as error:
        raise translated(address, error) from error
    try:
        yield
    finally:
        ray.shutdown()


def translated(address: str, error: BaseException) -> ClusterError:
    """Return our error for what Ray raises while it connects."""
    text = " ".join(str(error).split())
    if "ersion mismatch" in text or "ersions differ" in text or "versions between" in text:
        return ClusterMismatch(address, _versions(text))
    if "oken" in text and ("uthenticat" in text or "UNAUTHENTICATED" in text):
        return ClusterUnreachable(
            address, "it asks for a token: set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH to its file"
        )
    if address == "auto" and "find any running Ray instance" in text:
        return ClusterUnreachable(address, "no cluster runs on this machine")
    if isinstance(error, ModuleNotFoundError) or "grpcio" in text:
        return ClusterUnreachable(address, "ray:// addresses need grpcio: pip install grpcio")
    return ClusterUnreachable(address, f"{type(error).__name__}: {text}"[:300])


def _knock(address: str) -> None:
    """Look whether anybody listens at an address: Ray itself would try for a minute, or end this process.

    Raises:
        ClusterUnreachable: Nobody does, or it is no address.

    """
    if address == "auto":
        return
    match = _HOST_AND_PORT.fullmatch(address)
    if match is None or int(match["port"]) > 65535:
        raise ClusterUnreachable(
            address, "it is no address of a cluster: write HOST:PORT, ray://HOST:PORT, auto or local"
        )
    try:
        with socket.create_connection((match["host"].strip("[]"), int(match["port"])), timeout=_SECONDS):
            return
    except OSError as error:
        raise ClusterUnreachable(address, error.strerror or str(error)) from error


def _versions(text: str) -> str:
    """Return the versions that Ray's own sentence names, else the sentence."""
    pairs = re.findall(r"Ray: (\S+) Python: (\S+)", text)
    if len(pairs) < 2:
        return text[:300]
    (their_ray, their_python), (ray_here, python_here) = pairs[:2]
    return f"Ray {their_ray} and Python {their_python} there, Ray {ray_here} and Python {python_here} here"
