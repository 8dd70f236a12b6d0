"""`zukan push`: a copy of the catalogue, in order and without what is private, becomes a data set of the Hub."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from zukan.errors import NoSuchTarget
from zukan.hub import datasets
from zukan.outcomes import PushPlan
from zukan.settle import put_in_order
from zukan.sharing.pull import FILE_NAME
from zukan.store.connection import connect_read_only, translated
from zukan.store.publishable import close_whole, copy_to, strip
from zukan.store.tokens import COUNTED_AT
from zukan.store.write import CatalogueWriter

CHECKSUM_NAME = f"{FILE_NAME}.sha256"
CARD_NAME = "README.md"
_BLOCK = 1 << 20

Confirm = Callable[[PushPlan], bool]
"""Told what would be sent; returns whether it is to be sent."""
Progress = Callable[[str], None]
"""Called with `copy`, `compare` or `send`."""


def push(
    path: Path, repository: str, confirm: Confirm, *, private: bool = False, progress: Progress | None = None
) -> PushPlan:
    """Publish the catalogue at `path` in a data set repository of the Hub.

    Args:
        path: The catalogue; it is only read, and a crawl may go on meanwhile.
        repository: `ORG/NAME`; made if there is none.
        confirm: Asked before anything is sent.
        private: Whether a new repository is only for its owners.
        progress: Told what is done.

    Raises:
        NoSuchTarget: The name is none.
        PushRefused: There is no token that may write there, or the Hub refuses.
        HubUnreachable: The Hub cannot be reached.
        StoreError: The catalogue cannot be read, or there is no room for the copy.

    """
    say = progress or (lambda _step: None)
    if not datasets.is_name(repository):
        raise NoSuchTarget(repository, "write it like ORG/NAME")
    with tempfile.TemporaryDirectory(prefix=".zukan-push-", dir=path.resolve().parent) as folder:
        say("copy")
        copy = Path(folder) / FILE_NAME
        copy_to(path, copy)
        with CatalogueWriter(copy) as writer:
            gone, counted = strip(writer), writer.meta().get(COUNTED_AT)
            put_in_order(writer)
            if counted:
                # The same catalogue is to make the same file, whenever that is done.
                with writer.transaction():
                    writer.set_meta({COUNTED_AT: counted})
            close_whole(writer)
        sha256 = _sha256(copy)
        facts = _facts(copy)
        files = {FILE_NAME: copy, CHECKSUM_NAME: Path(folder) / CHECKSUM_NAME, CARD_NAME: Path(folder) / CARD_NAME}
        files[CHECKSUM_NAME].write_text(f"{sha256}  {FILE_NAME}\n", encoding="ascii")
        files[CARD_NAME].write_text(card(repository, facts, sha256), encoding="utf-8")
        sizes = {name: file.stat().st_size for name, file in files.items()}
        plan = PushPlan(repository, sizes, int(facts["models"]), dict(gone), facts["as_of"] or None, sha256)
        if not confirm(plan):
            return plan
        say("compare")
        if datasets.file_checksum(repository, FILE_NAME) == sha256:
            return replace(plan, unchanged=True)
        say("send")
        message = f"Catalogue of {plan.models:,} models, figures up to {plan.as_of or 'no known date'}"
        url = datasets.publish(repository, files, message, private=private)
        return replace(plan, published=True, url=url)


def _facts(path: Path) -> dict[str, str]:
    with closing(connect_read_only(path)) as connection, translated(path):
        count = connection.execute("SELECT count(*), max(as_of), sum(unconfirmed), sum(absent) FROM models").fetchone()
        families = connection.execute("SELECT family, count(*) FROM models GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    return {
        "models": str(count[0]),
        "as_of": count[1] or "",
        "unconfirmed": str(count[2] or 0),
        "absent": str(count[3] or 0),
        "families": "\n".join(f"| {family} | {number:,} |" for family, number in families),
    }


def card(repository: str, facts: Mapping[str, str], sha256: str) -> str:
    """Return the data set card: what it holds, of which date, and how it is used."""
    return f"""---
pretty_name: Catalogue of models of the Hugging Face Hub
tags: [zukan, sqlite, model-catalogue]
---

# Catalogue of models of the Hugging Face Hub

One SQLite file made by [zukan](https://pypi.org/project/zukan/): {int(facts["models"]):,} models, each with its family
(encoder-only, decoder-only, seq2seq) and the field that proves it. Figures are the Hub's own, up to
{facts["as_of"] or "no known date"}. {int(facts["unconfirmed"]):,} models were met by no crawl, and the last
complete walk did not meet {int(facts["absent"]):,}. Descriptions, tags and names are their authors' words.

| family | models |
|---|---|
{facts["families"]}

```console
zukan pull hf://datasets/{repository}
```

sha256 of `{FILE_NAME}`: `{sha256}`
"""


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with translated(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
