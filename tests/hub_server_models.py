"""The test Hub's collection of models: publishing them, and changing them while a client walks the list."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hub_server_files import Commit, RepoFile, commit_sha, read_folder
from hub_server_list import ModelList
from hub_server_rows import Row, build_row, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_MAIN = "refs/heads/main"
_FIRST_DATE = "2022-03-02T23:29:04.000Z"


@dataclass
class Model:
    """One repository: what it was told to publish, its commits, and the row that follows from both."""

    model_id: str
    given: dict[str, Any]
    commits: dict[str, Commit]
    refs: dict[str, str]
    row: Row = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)

    @property
    def main(self) -> Commit:
        """The commit of the main branch."""
        return self.commits[self.refs[_MAIN]]

    def find(self, revision: str) -> Commit | None:
        """Return the commit of a branch, a tag, a full ref or a full commit id."""
        names = (f"refs/heads/{revision}", f"refs/tags/{revision}", revision)
        sha = next((self.refs[name] for name in names if name in self.refs), revision)
        return self.commits.get(sha)

    def publish(self) -> None:
        """Work out the row anew; identity and dates, once given out, stay as they are."""
        self.row = build_row(self.model_id, self.given, self.main)
        self.given |= {key: self.row[key] for key in ("_id", "createdAt", "lastModified")}


class ModelCollection:
    """Every model of the Hub, by `_id`; each method may be called while requests are being answered."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget every model."""
        with self._lock:
            self._models: dict[str, Model] = {}
            self._rows: dict[str, Row] = {}
            self._list = ModelList(self._rows)
            self._moved: dict[str, str] = {}
            self._by_lower: dict[str, str] = {}
            self._blobs: dict[str, RepoFile] = {}

    def add_model(
        self,
        model_id: str,
        *,
        folder: Path | None = None,
        row: Mapping[str, Any] | None = None,
        hub_id: str | None = None,
        gated: bool | str = False,
        private: bool = False,
        disabled: bool = False,
        announced: Mapping[str, int] | None = None,
    ) -> None:
        """Publish a model.

        Args:
            model_id: `owner/name`, or a bare name as the oldest models have.
            folder: A directory with the repository's files; they are read now.
            row: Facts as the Hub's API names them, which win over those derived from the files. None removes one.
            hub_id: The `_id`; by default it follows from `createdAt` and the name.
            gated: "auto" or "manual" (True means "auto"): listed, but files are refused without a grant.
            private: Not listed, and missing for everybody without a grant.
            disabled: Listed, but its page and files are refused.
            announced: Files that are listed with this many bytes and never arrive, for sizes nobody wants to make.

        """
        flags = {"gated": "auto" if gated is True else gated, "private": private, "disabled": disabled}
        given = {**{key: value for key, value in flags.items() if value}, **(row or {})}
        if hub_id is not None:
            given["_id"] = hub_id
        content = read_folder(folder, announced)
        sha = given.pop("sha", None) or commit_sha(content, "" if content else model_id)
        with self._lock:
            if model_id.lower() in self._by_lower:
                raise ValueError(f"{model_id} exists already")
            model = Model(model_id, given, {}, {})
            self._commit(model, sha, content)
            model.publish()
            if model.row["_id"] in self._models:
                raise ValueError(f"{model_id} has the _id of {self._models[model.row['_id']].model_id}")
            self._models[model.row["_id"]] = model
            self._by_lower[model_id.lower()] = model.row["_id"]
            self._moved.pop(model_id, None)
            self._show(model, publish=False)

    def add_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Publish models without files, each from a row as the Hub's API writes it."""
        for row in rows:
            self.add_model(row["id"], row=row)

    def add_revision(self, model_id: str, revision: str, folder: Path, *, tag: bool = False) -> str:
        """Add a branch, a tag or a pull request (`refs/pr/1`) with the files of a folder; return its commit id."""
        prefix = "" if revision.startswith("refs/") else "refs/tags/" if tag else "refs/heads/"
        content = read_folder(folder)
        with self._lock:
            return self._commit(self._get(model_id), commit_sha(content), content, f"{prefix}{revision}")

    def rename(self, old_id: str, new_id: str) -> None:
        """Move a model: `_id` and everything else stay, the old name redirects."""
        with self._lock:
            model = self._get(old_id)
            if new_id.lower() in self._by_lower and new_id.lower() != old_id.lower():
                raise ValueError(f"{new_id} exists already")
            del self._by_lower[old_id.lower()]
            self._by_lower[new_id.lower()] = model.row["_id"]
            self._moved.pop(new_id, None)
            self._moved[model.model_id] = model.row["_id"]
            model.model_id = new_id
            self._show(model)

    def remove(self, model_id: str) -> None:
        """Delete a model, and the redirects to it."""
        with self._lock:
            hub_id = self._get(model_id).row["_id"]
            del self._models[hub_id], self._by_lower[model_id.lower()], self._rows[hub_id]
            self._moved = {old: target for old, target in self._moved.items() if target != hub_id}
            self._list.changed()

    def touch(self, model_id: str, *, folder: Path | None = None, row: Mapping[str, Any] | None = None) -> str:
        """Commit to main, now unless `row` says when: a new sha, and the folder's files if given; return the sha."""
        given = {"lastModified": timestamp(datetime.now(UTC)), **(row or {})}
        new = None if folder is None else read_folder(folder)
        with self._lock:
            model = self._get(model_id)
            content = model.main.files if new is None else new
            sha = given.pop("sha", None) or commit_sha(content, model.main.sha)
            model.given |= given
            self._commit(model, sha, content)
            self._show(model)
            return str(sha)

    def update(self, model_id: str, row: Mapping[str, Any]) -> None:
        """Change facts that no commit changes: downloads, likes, private, gated, disabled and the like."""
        with self._lock:
            model = self._get(model_id)
            model.given |= row
            self._show(model)

    def grant(self, model_id: str, token: str) -> None:
        """Let the owner of a token read a gated or private model."""
        self._get(model_id).granted.add(token)

    def sha(self, model_id: str) -> str:
        """Return the commit id of a model's main branch."""
        return self._get(model_id).main.sha

    def row(self, model_id: str) -> Row:
        """Return every fact that is published about a model."""
        return dict(self._get(model_id).row)

    def _get(self, model_id: str) -> Model:
        return self._models[self._by_lower[model_id.lower()]]

    def _commit(self, model: Model, sha: str, content: Mapping[str, RepoFile], ref: str = _MAIN) -> str:
        date = model.given.get("lastModified") or model.given.get("createdAt") or _FIRST_DATE
        model.commits[sha] = Commit(sha, content, date)
        model.refs[ref] = sha
        self._blobs |= {file.sha256: file for file in content.values() if file.sha256}
        return sha

    def _show(self, model: Model, *, publish: bool = True) -> None:
        if publish:
            model.publish()
        self._rows[model.row["_id"]] = model.row
        self._list.changed()

    def _lookup(self, model_id: str) -> Model | None:
        """Find a model by its name in any capitals, or by a name it had before."""
        return self._models.get(self._by_lower.get(model_id.lower()) or self._moved.get(model_id) or "")
