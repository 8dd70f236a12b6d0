"""Fetches the head of a model's safetensors file: one request for a range of bytes, never the file itself.

A model of several files has `model.safetensors.index.json`, which tells their bytes in all. config.json is not asked
for: the Hub counts every request for it as a download.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from zukan.errors import GatedModel, ModelNotFound
from zukan.hub.address import endpoint
from zukan.hub.client import Answer, HubClient

ONE_FILE = "model.safetensors"
INDEX = f"{ONE_FILE}.index.json"
HEAD_BYTES = 100_000
"""The headers of models up to a billion parameters are shorter: 24 to 60 KB were seen."""
MOST_HEADER_BYTES = 16 << 20
MOST_INDEX_BYTES = 16 << 20
_ATTEMPTS = 2
_RESOLVERS = "resolvers"


class Piece(NamedTuple):
    """The bytes of a file that came, from the place that was asked for."""

    body: bytes
    file_bytes: int | None
    """Of the whole file, where the Hub says it."""


def fetch_range(client: HubClient, model_id: str, revision: str, name: str, first: int, last: int) -> Piece | None:
    """Return some bytes of a file of a model, None where there is no such file.

    Args:
        client: Makes the request.
        model_id: A present id.
        revision: A commit or a branch.
        name: The file's path in the repository.
        first: The first byte that is wanted, from 0.
        last: The last one.

    Raises:
        GatedModel: The file is shown to those only to whom its authors grant access.
        ModelNotFound: The Hub does not show the model.
        HubError: It cannot be reached, or refuses.

    """
    return client.get(
        lambda: _url(model_id, revision, name),
        lambda answer: _piece(model_id, answer, first, last),
        bucket=_RESOLVERS,
        max_body_bytes=last + 1,
        cut=True,
        attempts=_ATTEMPTS,
        # Bytes of the file are counted: nothing may pack them on the way.
        headers={"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"},
    )


def _url(model_id: str, revision: str, name: str) -> str:
    return f"{endpoint()}/{quote(model_id)}/resolve/{quote(revision, safe='')}/{quote(name)}"


def _piece(model_id: str, answer: Answer, first: int, last: int) -> Piece | None:
    if answer.status == 206:
        size = answer.headers.get("content-range", "").rpartition("/")[2]
        return Piece(answer.body[: last - first + 1], int(size) if size.isdecimal() else None)
    if answer.status == 200:
        # A server that knows no ranges sends the file from its beginning; it was cut off behind what is wanted.
        return Piece(answer.body[first : last + 1], None)
    code = answer.headers.get("x-error-code", "")
    if code == "GatedRepo":
        raise GatedModel(model_id)
    if code == "EntryNotFound" or (answer.status == 404 and code != "RepoNotFound") or answer.status == 416:
        return None
    raise ModelNotFound(model_id)
