"""Tagging a whole catalogue anew: what changed is reported, a stopped run goes on, old catalogues come along."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

import zukan.build
import zukan.retag
from hub_server import HubServer
from rich_catalogue import fill, view
from zukan.catalogue import Catalogue
from zukan.errors import CrawlRunning
from zukan.first_use import ensure_catalogue
from zukan.records import record_from_row
from zukan.retag import TAGGED_BY, retag, rules_fingerprint
from zukan.schema import Certainty, Family, InferredTask
from zukan.store.connection import APPLICATION_ID, SCHEMA_VERSION, schema_version
from zukan.store.derive import recommendable, save_tag, tagged
from zukan.store.entry import Entry
from zukan.store.index import INDEX_VERSION
from zukan.store.lock import fill_lock
from zukan.store.migrations import migrations
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task


class Stopped(Exception):
    """Stands for a kill in the middle."""


def spoil(path: Path, number: int) -> list[str]:
    """Write wrong tags, as another release's rules might have."""
    with CatalogueWriter(path) as writer:
        ids = writer.connection.execute(
            "SELECT m.id FROM model m JOIN verdict v ON v.id = m.verdict "
            "WHERE v.family = 'seq2seq' AND v.certainty = 'certain' ORDER BY m.id LIMIT ?",
            (number,),
        ).fetchall()
        models = tagged(writer.connection, [id_ for (id_,) in ids])
        with writer.transaction():
            for model in models:
                wrong = model.tag._replace(family=Family.OTHER, certainty=Certainty.INFERRED)
                save_tag(writer, model.id, wrong, InferredTask("x", "config.architectures", "x"))
    assert len(models) == number
    return [model.model_id for model in models]


def tags(path: Path) -> dict[str, tuple[str, ...]]:
    with sqlite3.connect(path) as connection:
        return {
            row[0]: row[1:]
            for row in connection.execute(
                "SELECT model_id, family, certainty, guess, reason, rule, evidence, inferred_task, inferred_from FROM models"
            )
        }


def test_nothing_changes_where_the_rules_are_the_same(catalogue: Path) -> None:
    before = tags(catalogue)
    report = retag(catalogue)
    assert report.models == len(before)
    assert (report.changed, report.continued_after) == (0, 0)
    assert tags(catalogue) == before, "the order in which the catalogue came about does not matter"


def test_changes_are_mended_and_reported(catalogue: Path) -> None:
    before = tags(catalogue)
    spoiled = spoil(catalogue, 7)
    report = retag(catalogue)
    (change,) = report.changes
    assert (change.before, change.after, change.models) == ("other", "seq2seq", 7)
    assert (change.before_certainty, change.after_certainty) == ("inferred", "certain")
    assert change.examples == tuple(spoiled[:5])
    assert tags(catalogue) == before


def test_a_stopped_run_goes_on_and_reports_the_whole(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zukan.retag, "BATCH", 5_000)
    before = tags(catalogue)
    spoil(catalogue, 900)

    def stop(done: int, _total: int) -> None:
        if done >= 10_000:
            raise Stopped

    with pytest.raises(Stopped):
        retag(catalogue, stop)
    assert 0 < sum(a != b for a, b in zip(tags(catalogue).values(), before.values(), strict=True)) < 900
    report = retag(catalogue)
    assert report.continued_after == 10_000
    assert report.changed == 900
    assert tags(catalogue) == before
    assert retag(catalogue).continued_after == 0, "a finished run leaves nothing to go on with"


def spoil_facts(path: Path, condition: str) -> int:
    """Store models as other rules might have read their rows; return how many."""
    with CatalogueWriter(path) as writer:
        rows = writer.connection.execute(f"SELECT id FROM model m WHERE {condition} ORDER BY id LIMIT 30")  # noqa: S608
        models = tagged(writer.connection, [row[0] for row in rows])
        known = recommendable(writer.connection, [model.id for model in models])
        read: list[dict[str, Any]] = [{"license": "mit"}, {"languages": ("eo",)}, {"base_relation": "merge"}, {}]
        with writer.transaction():
            for place, model in enumerate(models):
                stored, reason = known[model.id]
                wrong = read[place % len(read)]
                reason = reason if wrong else "a rule that is gone"
                record = record_from_row(model.row)._replace(**wrong)
                entry = Entry(record, model.tag, model.row, stored.row_hash, reason, infer_task(model.row, model.tag))
                writer.save([(entry, stored)], crawled_at=None)
    return len(models)


def test_facts_and_exclusions_follow_the_rules_of_today(catalogue: Path) -> None:
    before, found = view(catalogue, "models"), found_by(catalogue)
    number = spoil_facts(catalogue, "license IS NULL AND exclusion IS NULL")
    assert view(catalogue, "models") != before
    assert found_by(catalogue) != found
    report = retag(catalogue)
    assert (report.renewed, report.changed) == (number, 0)
    assert view(catalogue, "models") == before
    assert found_by(catalogue) == found, "the index too"
    assert retag(catalogue).renewed == 0


def found_by(path: Path) -> list[int]:
    return [
        Catalogue(path)
        .count(
            words,
        )
        .number
        for words in ("lang:eo license:none", "lang:eo license:mit")
    ]


def test_what_a_crawl_found_out_is_kept(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that are gone, renamed, displaced, absent, or read from a folder are what they were."""
    path = fill(tmp_path / "rich.sqlite", tmp_path, hub, monkeypatch)
    before = [view(path, name) for name in ("models", "history", "cards", "trials")]
    report = retag(path)
    assert (report.renewed, report.changed) == (0, 0)
    assert spoil_facts(path, "model_id LIKE 'many/%' OR model_id = 'acme/new-name'") == 30
    assert retag(path).renewed == 30
    assert [view(path, name) for name in ("models", "history", "cards", "trials")] == before


def test_an_index_of_an_older_release_comes_along(catalogue: Path) -> None:
    found = found_by(catalogue)
    spoil_facts(catalogue, "license IS NULL AND exclusion IS NULL")
    with sqlite3.connect(catalogue) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = ?", (INDEX_VERSION,))
    retag(catalogue)
    assert found_by(catalogue) == found
    with CatalogueWriter(catalogue) as writer:
        assert not writer.index.is_stale()


def test_sizes_that_follow_from_other_models_are_made_anew(catalogue: Path) -> None:
    before = view(catalogue, "models")
    with CatalogueWriter(catalogue) as writer, writer.transaction():
        estimates = "parameters_source IN (SELECT id FROM word WHERE text LIKE 'estimate:%')"
        ids = [row[0] for row in writer.connection.execute(f"SELECT id FROM model WHERE {estimates} LIMIT 40")]  # noqa: S608
        writer.index.touch(ids)
        writer.connection.executemany(
            "UPDATE model SET num_parameters = NULL, parameters_source = NULL WHERE id = ?", [(id_,) for id_ in ids]
        )
    assert len(ids) == 40
    assert view(catalogue, "models") != before
    retag(catalogue)
    assert view(catalogue, "models") == before


def test_a_size_that_no_rule_reads_any_more_is_not_kept(catalogue: Path) -> None:
    before = view(catalogue, "models")
    with CatalogueWriter(catalogue) as writer, writer.transaction():
        id_ = writer.connection.execute("SELECT id FROM model WHERE num_parameters IS NULL LIMIT 1").fetchone()[0]
        writer.index.touch([id_])
        source = writer.words.number("Hub: a field that is gone")
        writer.connection.execute(
            "UPDATE model SET num_parameters = 77, parameters_source = ? WHERE id = ?", (source, id_)
        )
    assert retag(catalogue).renewed == 1
    assert view(catalogue, "models") == before


def test_nothing_is_worked_out_while_a_crawl_fills_the_catalogue(catalogue: Path) -> None:
    with fill_lock(catalogue), pytest.raises(CrawlRunning):
        retag(catalogue)


def test_what_another_process_writes_between_two_batches_stays(
    tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial's reader or an older zukan may not know the lock: each batch is read when nobody else can write."""
    path = fill(tmp_path / "rich.sqlite", tmp_path, hub, monkeypatch)
    monkeypatch.setattr(zukan.retag, "BATCH", 100)
    written = []

    def write(_done: int, _total: int) -> None:
        with sqlite3.connect(path) as connection:
            last = connection.execute("SELECT max(id) FROM model").fetchone()[0]
            connection.execute("UPDATE model SET likes = 4321 WHERE id = ?", (last,))
            written.append(last)

    retag(path, write)
    with sqlite3.connect(path) as connection:
        (likes,) = connection.execute("SELECT likes FROM model WHERE id = ?", (written[0],)).fetchone()
    assert likes == 4321


def test_other_rules_are_known_by_the_modules_that_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, here = rules_fingerprint(), Path(zukan.retag.__file__).parent
    copied = tmp_path / "zukan"
    shutil.copytree(here, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(zukan.retag, "__file__", str(copied / "retag.py"))
    assert rules_fingerprint() == before
    for name in ("exclusions.py", "licences.py", "family_rules.py"):
        with (copied / name).open("a") as module:
            module.write("# another rule\n")
        assert rules_fingerprint() != before
        before = rules_fingerprint()


def test_a_run_by_other_rules_is_not_continued(catalogue: Path) -> None:
    with CatalogueWriter(catalogue) as writer, writer.transaction():
        state = {"rules": "another release", "after": 20_000, "done": 20_000, "changes": {}}
        writer.set_meta({"retag": json.dumps(state)})
    assert retag(catalogue).continued_after == 0


def test_the_rules_that_made_the_tags_are_known(catalogue: Path) -> None:
    assert Catalogue(catalogue).statistics().tags_current
    with CatalogueWriter(catalogue) as writer, writer.transaction():
        writer.set_meta({TAGGED_BY: "an older release"})
    assert not Catalogue(catalogue).statistics().tags_current
    retag(catalogue)
    assert Catalogue(catalogue).info()[TAGGED_BY] == rules_fingerprint()


def first_schema(path: Path) -> Path:
    """Return a catalogue as the first release wrote it, with one model under a wrong tag."""
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before="m002_inferred_tasks")
    row = {"id": "a/b", "config": {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}}
    connection.execute(
        "INSERT INTO model (id, model_id, family, certainty, reason, rule, evidence, languages, popularity, disabled, "
        "removed, base_models, tags, config, sources) VALUES "
        "(1, 'a/b', 'other', 'inferred', 'x', 'tag', '{}', '[]', 0, 0, 0, '[]', '[]', '{}', '[]')"
    )
    connection.execute("INSERT INTO detail (id, row) VALUES (1, ?)", (json.dumps(row),))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    return path


def test_two_first_uses_of_an_old_catalogue_do_not_collide(tmp_path: Path) -> None:
    path = first_schema(tmp_path / "old.sqlite")
    children = [
        subprocess.Popen([sys.executable, "-m", "zukan.build", str(path), "--migrate"], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    outcomes = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    assert outcomes == [{"built": False}] * 3
    assert schema_version(path) == SCHEMA_VERSION


def test_an_upgrade_that_was_stopped_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = first_schema(tmp_path / "old.sqlite")

    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(zukan.build, "retag_open", stop)
    with pytest.raises(Stopped):
        zukan.build.upgrade(path)
    assert schema_version(path) < SCHEMA_VERSION, "the next use sees that there is work left"
    monkeypatch.undo()
    zukan.build.upgrade(path)
    assert schema_version(path) == SCHEMA_VERSION
    assert Catalogue(path).find("a/b").tag.family == "decoder-only"


def test_a_catalogue_of_the_first_schema_comes_along_with_its_tags_renewed(tmp_path: Path) -> None:
    path = first_schema(tmp_path / "old.sqlite")
    ensure_catalogue(path)
    assert schema_version(path) == SCHEMA_VERSION
    with CatalogueReader(path) as reader:
        found = reader.get("a/b")
    assert found is not None
    assert (found.tag.family, found.tag.certainty) == ("decoder-only", "certain")
    assert found.record.inferred_task == "text-generation"
    assert found.record.inferred_from == "config.architectures = GPT2LMHeadModel"
