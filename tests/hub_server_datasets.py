"""The test Hub's data set repositories: made, written by commits with large files, listed and resolved."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import hub_server_files as files
from hub_server_files import RepoFile
from hub_server_wire import Request, Response, error_response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

_ID = r"(?P<id>[^/]+/[^/]+)"
_PREUPLOAD = re.compile(rf"/api/datasets/{_ID}/preupload/(?P<revision>[^/]+)")
_COMMIT = re.compile(rf"/api/datasets/{_ID}/commit/(?P<revision>[^/]+)")
_PATHS = re.compile(rf"/api/datasets/{_ID}/paths-info/(?P<revision>[^/]+)")
_BATCH = re.compile(rf"/datasets/{_ID}\.git/info/lfs/objects/batch")
_RESOLVE = re.compile(rf"/datasets/{_ID}/resolve/(?P<revision>[^/]+)/(?P<path>.+)")


class DatasetCollection:
    """Data sets by name; who has one of the tokens may write."""

    def __init__(self) -> None:
        """Begin without any."""
        self.tokens: set[str] = set()
        """Tokens that may make and write data sets."""
        self.repositories: dict[str, dict[str, RepoFile]] = {}
        self.private: set[str] = set()
        self.messages: list[str] = []
        self.uploads: dict[str, bytes] = {}

    def add(self, name: str, contents: dict[str, bytes], *, large: tuple[str, ...] = ()) -> None:
        """Add files to a data set, made if there is none; those named in `large` lie on the other origin."""
        held = self.repositories.setdefault(name, {})
        for path, content in contents.items():
            held[path] = _large(path, content) if path in large else RepoFile.of(path, content)

    def answer(self, request: Request, cdn: str) -> Response | None:
        """Answer a request about data sets, None to any other."""
        if request.path == "/api/repos/create":
            return self._writing(request, partial(self._create, request))
        if request.path == "/api/validate-yaml":
            return json_response({"errors": [], "warnings": []})
        for pattern, answer in ((_PREUPLOAD, self._preupload), (_COMMIT, self._commit), (_BATCH, self._batch)):
            if match := pattern.fullmatch(request.path):
                name = unquote(match["id"])
                if name not in self.repositories:
                    return error_response(404, "Repository not found", "RepoNotFound")
                return self._writing(request, partial(answer, name, request, cdn))
        for pattern, read in ((_PATHS, self._paths), (_RESOLVE, self._resolve)):
            if match := pattern.fullmatch(request.path):
                name = unquote(match["id"])
                hidden = name in self.private and request.token not in self.tokens
                if name not in self.repositories or hidden:
                    return error_response(404 if request.token else 401, "Repository not found", "RepoNotFound")
                path = unquote(match.groupdict().get("path") or "")
                return read(name, path, request, cdn)
        return None

    def take_upload(self, request: Request) -> Response:
        """Keep what is sent to the store of large files."""
        sha256 = hashlib.sha256(request.body).hexdigest()
        if not request.path.endswith(sha256):
            return error_response(400, "the content is not what its name says")
        self.uploads[sha256] = request.body
        return Response(200)

    def large_file(self, sha256: str) -> RepoFile | None:
        """Return a large file by its hash."""
        held = (file for files_ in self.repositories.values() for file in files_.values())
        return next((file for file in held if file.sha256 == sha256), None)

    def _writing(self, request: Request, answer: Callable[[], Response]) -> Response:
        if request.token is None:
            return error_response(401, "Invalid username or password.")
        if request.token not in self.tokens:
            return error_response(403, "You don't have the rights to write there")
        return answer()

    def _create(self, request: Request) -> Response:
        asked = json.loads(request.body)
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.repositories:
            url = f"http://{request.headers['host']}/datasets/{name}"
            return json_response({"error": "You already created this dataset repo", "url": url}, 409)
        self.repositories[name] = {}
        if asked.get("visibility") == "private" or asked.get("private"):
            self.private.add(name)
        return json_response({"url": f"http://{request.headers['host']}/datasets/{name}", "name": name, "id": "1" * 24})

    def _preupload(self, name: str, request: Request, _cdn: str) -> Response:
        asked = json.loads(request.body)["files"]
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["size"] > 10_000 else "regular",
                "shouldIgnore": False,
                "oid": held.oid if (held := self.repositories[name].get(file["path"])) else None,
            }
            for file in asked
        ]
        return json_response({"files": modes})

    def _batch(self, _name: str, request: Request, cdn: str) -> Response:
        objects = [
            {**one, "actions": {"upload": {"href": f"{cdn}/upload/{one['oid']}"}}}
            for one in json.loads(request.body)["objects"]
        ]
        return json_response({"transfer": "basic", "objects": objects})

    def _commit(self, name: str, request: Request, _cdn: str) -> Response:
        lines = [json.loads(line) for line in request.body.splitlines() if line.strip()]
        for line in lines:
            value = line["value"]
            if line["key"] == "lfsFile" and value["oid"] not in self.uploads:
                return error_response(
                    400, f"Your push was rejected because an LFS pointer lacks its file {value['oid']}"
                )
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.messages.append(value["summary"])
            elif line["key"] == "file":
                content = base64.b64decode(value["content"])
                self.repositories[name][value["path"]] = RepoFile.of(value["path"], content)
            elif line["key"] == "lfsFile":
                self.repositories[name][value["path"]] = _large(value["path"], self.uploads[value["oid"]])
        sha = files.commit_sha(self.repositories[name])
        url = f"http://{request.headers['host']}/datasets/{name}/commit/{sha}"
        return json_response({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})

    def _paths(self, name: str, _path: str, request: Request, _cdn: str) -> Response:
        held = self.repositories[name]
        return files.paths_info(files.Commit(files.commit_sha(held), held, "2026-11-27T00:00:00.000Z"), request)

    def _resolve(self, name: str, path: str, request: Request, cdn: str) -> Response:
        held = self.repositories[name]
        commit = files.Commit(files.commit_sha(held), held, "")
        file = held.get(path)
        if file is None:
            return files.entry_not_found(commit)
        if file.sha256 is None:
            return files.serve(file, request, commit)
        headers = {
            "X-Repo-Commit": commit.sha,
            "X-Linked-Etag": f'"{file.etag}"',
            "X-Linked-Size": str(file.size),
            "Location": f"{cdn}/cdn/datasets/{quote(name)}/{quote(path)}?sha256={file.sha256}",
        }
        return Response(302, headers)


def _large(path: str, content: bytes) -> RepoFile:
    sha256 = hashlib.sha256(content).hexdigest()
    oid = hashlib.sha1(sha256.encode(), usedforsecurity=False).hexdigest()
    return RepoFile(path, content, len(content), oid, sha256, 130)
