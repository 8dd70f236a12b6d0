"""The exam of `zukan crawl --all` and `--update`: kills, churn, faults and quotas, against the Hub at scale.

The quick versions crawl some thousand models in small pages, the huge ones (`make test-huge`) 200,000 in pages of 1,000.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from conftest import child_environment
from hub_at_scale import RunningHub
from zukan.store.columns import HUB_ID
from zukan.store.write import CatalogueWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CHURN = 0.005
COLUMNS = (
    *("model_id", "author", "sha", "pipeline_tag", "library_name", "downloads", "likes", "createdAt", "lastModified"),
    *("gated", "tags"),
)
SECONDS = 1_800
"""The longest that any crawl here may take."""

Facts = tuple[Any, ...]


@dataclass(frozen=True)
class Size:
    """How large an exam is."""

    models: int
    page: int
    """Rows in a page at most."""
    kills: int = 20
    stride: int = 2
    """Pages that a crawl gets at most before it is killed."""

    @property
    def pages(self) -> int:
        """How many pages a walk has before any churn."""
        return ceil(self.models / self.page)


BIG = Size(200_000, 1_000, stride=9)
KILLS = [
    pytest.param(Size(6_000, 50), id="quick", marks=pytest.mark.slow),
    pytest.param(BIG, id="big", marks=pytest.mark.huge),
]
STORMS = [
    pytest.param(Size(4_000, 20, kills=6), id="quick", marks=pytest.mark.slow),
    pytest.param(BIG, id="big", marks=pytest.mark.huge),
]
UPDATES = [pytest.param(Size(6_000, 1_000), id="quick"), pytest.param(BIG, id="big", marks=pytest.mark.huge)]


class Crawler:
    """`zukan crawl` in processes of its own, into one catalogue that held nothing before."""

    def __init__(self, hub: RunningHub, folder: Path, *options: str) -> None:
        self.path = folder / "crawl.sqlite"
        self._options = options
        self._log = folder / "stderr.txt"
        self._environment = child_environment() | {
            "HF_ENDPOINT": hub.endpoint,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "ZUKAN_DB": str(self.path),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        with CatalogueWriter(self.path, create=True):
            pass

    @contextmanager
    def started(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Start a crawl; it is killed by SIGKILL when the block ends, if it still runs."""
        command = [sys.executable, "-m", "zukan_cli", "crawl", *options, *self._options, "--format", "json"]
        with (
            self._log.open("w") as log,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=self._environment, cwd=self.path.parent
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def errors(self) -> str:
        """Return what the latest crawl wrote to its standard error."""
        return self._log.read_text()[-3_000:]

    def run(self, *options: str, stops: bool = False) -> dict[str, Any]:
        """Crawl to the end, or with `stops` to where the options end it, and return the report."""
        with self.started(*options) as process:
            output, _ = process.communicate(timeout=SECONDS)
        assert stops or process.returncode == 0, self.errors()
        report: dict[str, Any] = json.loads(output)
        assert report["finished"] is not stops, report
        return report

    def query(self, sql: str) -> list[Facts]:
        """Return the rows of a query."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def facts(self, condition: str = "absent = 0 AND removed = 0") -> dict[str, Facts]:
        """Return the columns of the models with an `_id` that meet a condition, by `_id`; no `_id` is there twice."""
        rows = self.query(f"SELECT _id, {', '.join(COLUMNS)} FROM models WHERE _id IS NOT NULL AND ({condition})")  # noqa: S608
        found = {hub_id: (*facts, json.loads(tags)) for hub_id, *facts, tags in rows}
        assert len(found) == len(rows), "an `_id` is in the catalogue twice"
        return found

    def names(self) -> dict[str, str]:
        """Return the `_id` by former name in lower case."""
        rows = self.query(f"SELECT name, {HUB_ID} FROM alias JOIN model m ON m.id = alias.model")  # noqa: S608
        return {name.lower(): hub_id for name, hub_id in rows}

    def absent(self) -> set[str]:
        """Return the `_id`s of the models that the last complete walk did not find."""
        return set(self.facts("absent = 1"))

    def check_file(self) -> None:
        """Assert that SQLite finds the file whole."""
        assert self.query("PRAGMA integrity_check") == [("ok",)]


def on_the_hub(hub: RunningHub) -> dict[str, Facts]:
    """Return what `Crawler.facts` should be."""
    return {
        row["_id"]: tuple(
            {"model_id": row["id"], "gated": row["gated"] or "false", "tags": row["tags"]}.get(name, row.get(name))
            for name in COLUMNS
        )
        for row in hub.rows()
    }


def assert_same(found: dict[str, Facts], wanted: dict[str, Facts], names: Sequence[str] = COLUMNS) -> None:
    """Compare some columns of the models that are wanted, with a message that stays short."""
    places = [COLUMNS.index(name) for name in names]
    missing = wanted.keys() - found.keys()
    assert not missing, f"{len(missing)} missing, e.g. {sorted(missing)[:3]}"
    wrong = [
        (hub_id, COLUMNS[place], found[hub_id][place], facts[place])
        for hub_id, facts in wanted.items()
        for place in places
        if found[hub_id][place] != facts[place]
    ]
    assert not wrong, f"{len(wrong)} differ, e.g. (_id, column, catalogue, Hub) {wrong[:3]}"


def assert_equal(crawler: Crawler, hub: RunningHub) -> None:
    """Assert that the catalogue holds exactly what the Hub shows."""
    crawler.check_file()
    found, wanted = crawler.facts(), on_the_hub(hub)
    assert_same(found, wanted)
    extra = found.keys() - wanted.keys()
    assert not extra, f"{len(extra)} are not on the Hub any more, e.g. {sorted(extra)[:3]}"


def pages(hub: RunningHub) -> int:
    """Return how many list pages the Hub has answered."""
    return sum(hub.state()["pages"].values())


def wait_for_pages(hub: RunningHub, wanted: int, process: subprocess.Popen[str]) -> None:
    """Wait until the Hub has answered so many list pages."""
    deadline = time.monotonic() + 120
    while pages(hub) < wanted and process.poll() is None:
        assert time.monotonic() < deadline, "the crawl does not get on"
        time.sleep(0.01)


def kill_often(crawler: Crawler, hub: RunningHub, size: Size) -> dict[str, set[str]]:
    """Kill a walk at random moments, one in five while it starts; return the names by `_id` that it left each time."""
    rng = Random(size.models)
    names: dict[str, set[str]] = defaultdict(set)
    under_way = 0
    for turn in range(size.kills):
        with crawler.started("--all", "--quiet") as process:
            if turn % 5 == 4:
                time.sleep(rng.uniform(0, 0.6))
            else:
                wait_for_pages(hub, pages(hub) + rng.randint(1, size.stride), process)
                time.sleep(rng.uniform(0, 0.04))
            assert process.poll() is None, f"the crawl ended before it was killed: {crawler.errors()}"
        for hub_id, name in crawler.query("SELECT _id, model_id FROM models WHERE _id IS NOT NULL"):
            names[hub_id].add(name.lower())
        under_way += crawler.query("SELECT unfinished FROM crawls ORDER BY id DESC LIMIT 1") == [(1,)] and bool(names)
    assert under_way >= size.kills // 2
    crawler.check_file()
    assert not crawler.absent(), "an incomplete walk has marked models as absent"
    return names


def survive(crawler: Crawler, hub: RunningHub, size: Size) -> None:
    """Kill a walk often while the Hub changes, finish it, and walk once more while the Hub is quiet."""
    # Only the pages of the walk change the Hub, and not for ever, so that what the walk must have found is certain.
    hub.control(largest_page=size.page, latency=0.03, churn=CHURN)
    hub.control(churn_sort="createdAt", churn_pages=size.pages + size.pages // 4)
    names = kill_often(crawler, hub, size)
    report = crawler.run("--all", "--quiet")
    assert (report["continued"], report["stopped"]) == (True, None)
    crawler.check_file()
    # A repository that was deleted or renamed behind the walk may be out of date, a changed one may not.
    assert_same(crawler.facts("1"), on_the_hub(hub), ("sha", "pipeline_tag", "lastModified", "tags", "createdAt"))
    done = hub.state()["mutations"]
    assert all(done[kind] for kind in ("touch", "counters", "rename", "swap", "delete", "add")), done
    for hub_id, facts in crawler.facts("1").items():
        names[hub_id].add(facts[0].lower())

    hub.control(churn=0, latency=0)
    report = crawler.run("--all", "--quiet")
    assert report["continued"] is False
    assert_equal(crawler, hub)
    aliases = crawler.names()
    former = {name: hub_id for name, hub_id in hub.redirects().items() if name in names[hub_id]}
    lost = [name for name, hub_id in former.items() if aliases.get(name) != hub_id]
    assert former
    assert not lost, f"{len(lost)} of {len(former)} former names lead nowhere, e.g. {lost[:3]}"


@pytest.mark.parametrize("size", KILLS)
def test_kills_and_churn_lose_and_double_nothing(size: Size, tmp_path: Path) -> None:
    with RunningHub(models=size.models, seed=11) as hub:
        survive(Crawler(hub, tmp_path), hub, size)


@pytest.mark.parametrize("size", STORMS)
def test_a_storm_of_faults_loses_and_doubles_nothing(size: Size, tmp_path: Path) -> None:
    with RunningHub(models=size.models, seed=12) as hub:
        hub.control(faults={"rate": 0.1, "stall_seconds": 4})
        survive(Crawler(hub, tmp_path, "--timeout", "2"), hub, size)
        sent = hub.state()["faults"]
        assert all(sent.values()), sent


@pytest.mark.parametrize("share", [100, 50])
def test_the_quota_is_used_and_never_overdrawn(share: int, tmp_path: Path) -> None:
    quota, seconds = 30, 3
    # Small pages: on a slow machine it is not the quota that holds up a walk through large ones.
    with RunningHub(models=1_800, seed=13) as hub:
        hub.control(largest_page=20, quota=[quota, seconds])
        crawler = Crawler(hub, tmp_path)
        crawler.run("--all", "--quiet", "--share", f"{share}%")
        state = hub.state()
        assert state["answered_429"] == 0
        assert_equal(crawler, hub)
    # The first window has the start in it and the last one the end.
    full = state["windows"][1:-1]
    assert full, state
    allowed = quota * share / 100
    assert all(0.9 * allowed <= used <= allowed for used in full), state["windows"]


@pytest.mark.parametrize("size", UPDATES)
def test_an_update_finds_what_changed_and_a_walk_the_rest(size: Size, tmp_path: Path) -> None:
    share = size.models / 200_000
    with RunningHub(models=size.models, seed=14) as hub:
        hub.control(largest_page=size.page)
        crawler = Crawler(hub, tmp_path)
        first = crawler.run("--all", "--quiet")
        assert (first["rows"] >= size.models, first["added"], first["continued"]) == (True, size.models, False)
        assert_equal(crawler, hub)

        changed, added = hub.change(size.models // 100), hub.add(ceil(500 * share))
        renamed, deleted = hub.rename(max(10, int(50 * share))), hub.delete(max(10, int(50 * share)))
        before = hub.state()["requests"]
        report = crawler.run("--update", "--quiet")
        asked = sum(hub.state()["requests"].values()) - sum(before.values())
        assert asked <= ceil((len(changed) + len(added)) / size.page) + 20
        assert report["requests"] <= asked
        wanted = on_the_hub(hub)
        fresh = {row["_id"]: wanted[row["_id"]] for row in [*changed, *added] if row["_id"] in wanted}
        assert_same(crawler.facts("1"), fresh, [name for name in COLUMNS if name not in {"model_id", "author"}])
        assert not crawler.absent(), "an update has marked models as absent"

        stopped = crawler.run("--all", "--quiet", "--max-requests", "3", stops=True)
        assert (stopped["requests"] <= 3, bool(stopped["stopped"])) == (True, True)
        with crawler.started("--all", "--quiet") as process:
            wait_for_pages(hub, pages(hub) + 1, process)
        assert not crawler.absent(), "an incomplete walk has marked models as absent"

        crawler.run("--all", "--quiet")
        assert_equal(crawler, hub)
        aliases = crawler.names()
        left = [row for row in renamed if row["_id"] in wanted]
        assert {row["old"]: aliases.get(row["old"].lower()) for row in left} == {row["old"]: row["_id"] for row in left}
        known = {row["_id"] for row in deleted} - {row["_id"] for row in added}
        assert crawler.absent() - {row["_id"] for row in added} == known
        restarted = crawler.run("--all", "--quiet", "--restart")
        assert (restarted["continued"], restarted["added"]) == (False, 0)
        assert known <= crawler.absent()
