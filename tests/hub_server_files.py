"""The test Hub's repositories as files: commits, trees, and how a file is resolved, redirected and served."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode

from hub_server_wire import Request, Response, error_response, json_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LFS_SUFFIXES = (".safetensors", ".bin", ".pt", ".model", ".h5", ".onnx", ".gguf", ".msgpack")
LFS_SIZE = 1_000_000
TREE_PAGE = 1000
TREE_PAGE_EXPANDED = 50

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_TRUE = {"true", "1"}


@dataclass(frozen=True)
class RepoFile:
    """One file of a commit; a file that is only announced has a size and no content."""

    path: str
    content: bytes
    size: int
    oid: str
    sha256: str | None
    pointer_size: int

    @classmethod
    def of(cls, path: str, content: bytes, announced: int | None = None) -> RepoFile:
        """Hash a file as git and, where it is large or of a binary kind, as git-lfs would."""
        size = len(content) if announced is None else announced
        if not path.endswith(LFS_SUFFIXES) and size <= LFS_SIZE:
            return cls(path, content, size, _git_blob(content), None, 0)
        sha256 = hashlib.sha256(content if announced is None else f"{path}:{size}".encode()).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()
        return cls(path, content, size, _git_blob(pointer), sha256, len(pointer))

    @property
    def etag(self) -> str:
        """What names the file's blob in a client's cache."""
        return self.sha256 or self.oid


@dataclass(frozen=True)
class Commit:
    """The files of one revision."""

    sha: str
    files: Mapping[str, RepoFile]
    date: str

    def text(self, path: str) -> str:
        """Return a file as text, "" if it is missing."""
        return self.files[path].content.decode(errors="replace") if path in self.files else ""

    def json(self, path: str) -> dict[str, Any]:
        """Return a JSON object from a file, {} if it is missing or no object."""
        try:
            value = json.loads(self.text(path) or "{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def siblings(self, *, blobs: bool = False) -> list[dict[str, Any]]:
        """Return the list of files as the model endpoints show it."""
        return [_sibling(file, blobs=blobs) for file in self.files.values()]


def read_folder(folder: Path | None, announced: Mapping[str, int] | None = None) -> dict[str, RepoFile]:
    """Read a repository's files into memory, sorted by path, with those that are only announced."""
    files = {}
    if folder is not None:
        if not folder.is_dir():
            raise NotADirectoryError(folder)
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not name.startswith((".git/", ".cache/")):
                files[name] = RepoFile.of(name, path.read_bytes())
    for name, size in (announced or {}).items():
        files[name] = RepoFile.of(name, b"", size)
    return dict(sorted(files.items()))


def commit_sha(files: Mapping[str, RepoFile], salt: str = "") -> str:
    """Return the commit id that these files always have."""
    lines = [salt, *(f"{path}\0{file.oid}" for path, file in files.items())]
    return hashlib.sha1("\n".join(lines).encode(), usedforsecurity=False).hexdigest()


def resolve(model_id: str, commit: Commit, revision: str, path: str, cdn: str) -> Response:
    """Answer /{id}/resolve/{rev}/{path}: a relative redirect for git files, another origin for LFS."""
    file = commit.files.get(path)
    if file is None:
        return entry_not_found(commit)
    name = path.rsplit("/", 1)[-1]
    headers = {
        "X-Repo-Commit": commit.sha,
        "X-Linked-Etag": f'"{file.etag}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}; filename=\"{quote(name)}\";",
        "Content-Type": "text/plain; charset=utf-8",
    }
    if file.sha256 is None:
        own = f"/{model_id}/resolve/{quote(revision, safe='')}/{quote(path)}"
        place = f"/api/resolve-cache/models/{quote(model_id)}/{commit.sha}/{quote(path)}"
        location = f"{place}?{quote(own, safe='')}=&etag={quote(headers['X-Linked-Etag'], safe='')}"
        status, word = 307, "Temporary Redirect"
    else:
        signature = urlencode({"sha256": file.sha256, "Expires": "4102444800", "Signature": file.sha256[:16]})
        location = f"{cdn}/cdn/{quote(model_id)}/{quote(path)}?{signature}"
        status, word = 302, "Found"
        headers |= {"X-Linked-Size": str(file.size), "Cache-Control": "no-store"}
    return Response(status, {**headers, "Location": location}, f"{word}. Redirecting to {location}".encode())


def serve(file: RepoFile, request: Request, commit: Commit | None = None) -> Response:
    """Send a file's bytes: from the resolve cache of a commit, or from the other origin without one."""
    if commit is None:
        # The content store names its objects by a hash of its own, not by the sha256 of LFS.
        etag = hashlib.sha256(f"store:{file.etag}".encode()).hexdigest()
        headers = {"Content-Type": "application/octet-stream"}
    else:
        etag = file.etag
        headers = {"Content-Type": "text/plain; charset=utf-8", "X-Repo-Commit": commit.sha}
    headers |= {"ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(304, headers)
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or match.groups() == ("", ""):
        return Response(200, headers, file.content, file.size)
    first, last = match.groups()
    start = int(first) if first else max(0, file.size - int(last))
    stop = min(file.size, int(last) + 1) if first and last else file.size
    if start >= stop:
        return Response(416, {**headers, "Content-Range": f"bytes */{file.size}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    return Response(206, headers, file.content[start:stop], stop - start)


def tree(commit: Commit, folder: str, request: Request, endpoint: str) -> Response:
    """Answer /tree/{rev}[/{folder}]: directories, then files, with a cursor once there are too many."""
    recursive = _is_true(request.query.get("recursive"))
    expand = _is_true(request.query.get("expand"))
    inside = f"{folder}/" if folder else ""
    files = [file for path, file in commit.files.items() if path.startswith(inside)]
    if folder and not files:
        return entry_not_found(commit)
    rows = [
        _directory_entry(commit, name, expand=expand)
        for name in _directories(commit)
        if name.startswith(inside) and (recursive or "/" not in name[len(inside) :])
    ]
    rows += [
        _file_entry(commit, file, expand=expand) for file in files if recursive or "/" not in file.path[len(inside) :]
    ]
    try:
        start = int(base64.b64decode(request.query.get("cursor", ["MA=="])[0]))
    except ValueError:
        return error_response(400, "Invalid cursor")
    stop = start + (TREE_PAGE_EXPANDED if expand else TREE_PAGE)
    headers = {}
    if stop < len(rows):
        cursor = base64.b64encode(str(stop).encode()).decode()
        again = request._replace(query={**request.query, "cursor": [cursor]})
        headers["Link"] = f'<{endpoint}{again.target}>; rel="next"'
    return json_response(rows[start:stop], headers=headers)


def paths_info(commit: Commit, request: Request) -> Response:
    """Answer POST /paths-info/{rev}: those of the asked paths that exist."""
    if request.headers.get("content-type", "").startswith("application/json"):
        asked = json.loads(request.body)
        paths, expand = list(asked["paths"]), bool(asked.get("expand"))
    else:
        form = parse_qs(request.body.decode())
        paths, expand = form.get("paths", []), _is_true(form.get("expand"))
    directories = set(_directories(commit))
    rows = [
        _file_entry(commit, commit.files[path], expand=expand)
        if path in commit.files
        else _directory_entry(commit, path, expand=expand)
        for path in paths
        if path in commit.files or path in directories
    ]
    return json_response(rows)


def refs(names: Mapping[str, str], *, pull_requests: bool) -> Response:
    """Answer /refs from a mapping of full ref names to commit ids."""
    groups: dict[str, list[dict[str, str]]] = {"branches": [], "converts": [], "tags": []}
    if pull_requests:
        groups["pullRequests"] = []
    for ref, sha in names.items():
        kind, _, name = ref.removeprefix("refs/").partition("/")
        group = {"heads": "branches", "tags": "tags", "pr": "pullRequests"}[kind]
        if group in groups:
            groups[group].append({"name": name, "ref": ref, "targetCommit": sha})
    return json_response(groups)


def entry_not_found(commit: Commit) -> Response:
    """Answer for a path that this commit does not have."""
    return error_response(404, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit.sha})


def _git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _is_true(values: list[str] | None) -> bool:
    return bool(values) and values is not None and values[-1].lower() in _TRUE


def _sibling(file: RepoFile, *, blobs: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"rfilename": file.path}
    if blobs:
        row |= {"size": file.size, "blobId": file.oid}
        if file.sha256:
            row["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    return row


def _directories(commit: Commit) -> Iterator[str]:
    found = set()
    for path in commit.files:
        parts = path.split("/")[:-1]
        found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    yield from sorted(found)


def _directory_entry(commit: Commit, path: str, *, expand: bool) -> dict[str, Any]:
    oid = commit_sha({name: file for name, file in commit.files.items() if name.startswith(f"{path}/")}, "tree")
    row = {"type": "directory", "oid": oid, "size": 0, "path": path}
    return row | _last_commit(commit) if expand else row


def _file_entry(commit: Commit, file: RepoFile, *, expand: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "file", "oid": file.oid, "size": file.size}
    if file.sha256:
        row["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    row["path"] = file.path
    if expand:
        scan = {"status": "safe", "avScan": {"status": "safe"}, "pickleImportScan": None}
        row |= {**_last_commit(commit), "securityFileStatus": scan}
    return row


def _last_commit(commit: Commit) -> dict[str, Any]:
    return {"lastCommit": {"id": commit.sha, "title": "Upload model", "date": commit.date}}
