"""The Hub at scale does to a crawl what the real Hub does, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from hub_at_scale import HubAtScale, RunningHub, list_url
from hub_at_scale_faults import BOMB_BYTES, FAULTS, ODD_ROWS
from hub_at_scale_models import given_rows, synthetic_rows
from hub_server_list import LIST_EXPANDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODELS = 3_000
FIELDS = (
    *("author", "baseModels", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "gguf"),
    *("lastModified", "library_name", "likes", "mask_token", "pipeline_tag", "safetensors", "sha", "tags"),
    *("transformersInfo", "trendingScore"),
)
FAULTLESS: dict[str, Any] = {
    "churn": 0,
    "churn_sort": None,
    "churn_pages": None,
    "latency": 0,
    "weights": {},
    "faults": {"rate": 0, "kinds": FAULTS, "stall_seconds": 4},
    "quota": [100_000, 300],
    "largest_page": 1_000,
    "gzip": False,
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningHub]:
    with RunningHub(models=MODELS, seed=3) as hub:
        yield hub


@pytest.fixture
def hub(running: RunningHub) -> RunningHub:
    running.control(**FAULTLESS)
    return running


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=10) as session:
        yield session


def walk(client: httpx2.Client, hub: RunningHub, **parameters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    url: str | None = list_url(hub.endpoint, **{"limit": 100, "expand[]": FIELDS, **parameters})
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        rows += answer.json()
        url = answer.links.get("next", {}).get("url")
    return rows


def test_rows_are_plausible_and_decided_by_the_seed() -> None:
    rows = list(synthetic_rows(MODELS, 3))
    assert rows == list(synthetic_rows(MODELS, 3))
    assert len({row["_id"] for row in rows}) == len({row["id"].lower() for row in rows}) == MODELS
    assert 0.5 < sum(row["downloads"] <= 20 for row in rows) / MODELS < 0.95
    assert 0.2 < sum("baseModels" in row for row in rows) / MODELS < 0.3
    assert 0.5 < sum("pipeline_tag" in row for row in rows) / MODELS < 0.9
    assert {row["gated"] for row in rows} == {False, "auto", "manual"}
    assert any("chat_template" in row.get("gguf", {}) for row in rows)
    assert all(row["createdAt"] <= row["lastModified"] for row in rows)
    kilobytes = sum(len(json.dumps(row)) for row in rows) / MODELS / 1_000
    assert 0.7 < kilobytes < 3


def test_a_quiet_walk_in_any_order_gives_what_rows_gives(hub: RunningHub, client: httpx2.Client) -> None:
    rows = list(hub.rows())
    allowed = tuple(name for name in LIST_EXPANDS if name != "siblings")
    assert walk(client, hub, sort="createdAt", direction=1, **{"expand[]": allowed}) == rows
    assert [row["_id"] for row in rows] == sorted(row["_id"] for row in rows)
    assert walk(client, hub, sort="createdAt", direction=-1, expand=allowed, limit=1000)[::-1] == rows
    for sort in ("downloads", "likes", "lastModified", "trendingScore"):
        found = walk(client, hub, sort=sort)
        assert {row["_id"] for row in found} == {row["_id"] for row in rows}
        assert len(found) == len(rows)
        values = [row[sort] for row in found if sort in row]
        assert values == sorted(values, reverse=True)


def test_filters(hub: RunningHub, client: httpx2.Client) -> None:
    rows = list(hub.rows())
    author = Counter(row["author"] for row in rows).most_common(1)[0][0]
    for parameters, admits in (
        ({"author": author}, lambda row: row["author"] == author),
        ({"filter": "ja,license:mit"}, lambda row: {"ja", "license:mit"} <= set(row["tags"])),
        ({"pipeline_tag": "fill-mask"}, lambda row: row.get("pipeline_tag") == "fill-mask"),
    ):
        wanted = [row["_id"] for row in rows if admits(row)]
        assert [row["_id"] for row in walk(client, hub, sort="createdAt", direction=1, **parameters)] == wanted
        assert wanted


def test_the_walk_by_id_is_complete_while_the_hub_changes(hub: RunningHub, client: httpx2.Client) -> None:
    before = {row["_id"]: row for row in hub.rows()}
    done = dict(hub.state()["mutations"])
    hub.control(churn=0.02)
    seen = Counter(row["_id"] for row in walk(client, hub, sort="createdAt", direction=1))
    hub.control(churn=0)
    after = {row["_id"]: row for row in hub.rows()}
    assert max(seen.values()) == 1
    assert before.keys() & after.keys() <= seen.keys()
    assert seen.keys() >= after.keys(), "new models come last, so the walk meets them"
    kinds = {kind: number - done[kind] for kind, number in hub.state()["mutations"].items() if kind != "disable"}
    assert all(kinds.values())
    assert sum(kinds.values()) == pytest.approx(0.02 * MODELS * len(seen) / 100, rel=0.05)
    assert max(before) < min(after.keys() - before.keys())
    touched = [row for row in after.values() if row["lastModified"] != before.get(row["_id"], row)["lastModified"]]
    assert all(row["sha"] != before[row["_id"]]["sha"] for row in touched)
    names = {row["id"].lower(): row["_id"] for row in after.values()}
    assert len(names) == len(after)
    redirects = hub.redirects()
    assert not redirects.keys() & names.keys()
    for old, hub_id in list(redirects.items())[:5]:
        answer = client.get(f"{hub.endpoint}/api/models/{old}")
        assert (answer.status_code, answer.headers["Location"]) == (307, f"/api/models/{after[hub_id]['id']}")


def test_churn_can_be_kept_to_one_order_and_some_pages(hub: RunningHub, client: httpx2.Client) -> None:
    hub.control(churn=0.1, churn_sort="createdAt", churn_pages=1, weights={"counters": 1})
    before = hub.state()["mutations"]
    client.get(list_url(hub.endpoint, sort="lastModified"))
    assert hub.state()["mutations"] == before
    client.get(list_url(hub.endpoint, sort="createdAt"))
    client.get(list_url(hub.endpoint, sort="createdAt"))
    assert hub.state()["mutations"]["counters"] == before["counters"] + len(list(hub.rows())) // 10


def test_mutations_to_order(hub: RunningHub, client: httpx2.Client) -> None:
    names = {row["_id"]: row["id"] for row in hub.rows()}
    shas = {row["_id"]: row["sha"] for row in hub.rows()}
    changed, renamed, deleted, added = hub.change(20), hub.rename(20), hub.delete(20), hub.add(20)
    after = {row["_id"]: row for row in hub.rows()}
    assert all(len({row["_id"] for row in told}) == 20 for told in (changed, renamed, deleted, added))
    assert all(after[row["_id"]]["sha"] != shas[row["_id"]] for row in changed if row["_id"] in after)
    assert [row["old"] for row in renamed] == [names[row["_id"]] for row in renamed]
    assert not {row["_id"] for row in deleted} & after.keys()
    assert {row["_id"] for row in added} == after.keys() - names.keys()
    newest = client.get(list_url(hub.endpoint, sort="lastModified", limit=20)).json()
    assert {row["_id"] for row in newest} == {row["_id"] for row in added}
    detail = client.get(f"{hub.endpoint}/api/models/{added[0]['id']}")
    assert (detail.status_code, detail.json()["_id"]) == (200, added[0]["_id"])
    gone = client.get(f"{hub.endpoint}/api/models/{deleted[0]['id']}")
    assert (gone.status_code, gone.json()) == (401, {"error": "Invalid username or password."})
    disabled = hub.control(disable=1)["disable"][0]["id"]
    refused = client.get(f"{hub.endpoint}/api/models/{disabled}")
    assert refused.status_code == 403
    assert refused.headers["X-Error-Message"] == "Access to this resource is disabled."


def test_cursors_and_refusals(hub: RunningHub, client: httpx2.Client) -> None:
    first = client.get(list_url(hub.endpoint, sort="createdAt", direction=1, limit=2, expand=("sha",)))
    link = httpx2.URL(first.links["next"]["url"])
    assert str(link).startswith(hub.endpoint)
    assert (link.params["limit"], link.params["expand"], link.params["sort"]) == ("2", "sha", "createdAt")
    assert json.loads(base64.b64decode(link.params["cursor"])) == {"_id": {"$gt": first.json()[-1]["_id"]}}
    assert first.json()[0].keys() == {"_id", "id", "sha"}
    assert parsedate_to_datetime(first.headers["Date"])
    bad = client.get(list_url(hub.endpoint, cursor="nonsense"))
    assert (bad.status_code, bad.json()) == (400, {"error": "Invalid cursor"})
    refused = client.get(list_url(hub.endpoint, expand=("sha", "usedStorage")))
    assert (refused.status_code, refused.json()["error"][:30]) == (400, '"expand" must be one of [autho')
    assert len(client.get(list_url(hub.endpoint, limit=5_000)).json()) == 1_000
    hub.control(largest_page=7)
    assert len(client.get(list_url(hub.endpoint, limit=1_000)).json()) == 7


def test_the_quota_is_kept_and_announced(hub: RunningHub, client: httpx2.Client) -> None:
    hub.control(quota=[3, 1])
    spent = hub.state()["answered_429"]
    answers = [client.get(list_url(hub.endpoint, limit=1)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [f'"api";r={left};t=1' for left in (2, 1, 0, 0)]
    assert answers[0].headers["RateLimit-Policy"] == '"fixed window";"api";q=3;w=1'
    time.sleep(1.1)
    assert client.get(list_url(hub.endpoint, limit=1)).status_code == 200
    state = hub.state()
    assert (state["answered_429"] - spent, state["windows"]) == (1, [4, 1])


def fetch(client: httpx2.Client, url: str) -> tuple[httpx2.Response, int]:
    """Return an answer and how long its decoded body is, without keeping that body if it is huge."""
    with client.stream("GET", url, timeout=1) as answer:
        body = b""
        length = 0
        for piece in answer.iter_bytes():
            length += len(piece)
            body += piece if length < 10_000_000 else b""
        answer._content = body
    return answer, length


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault(hub: RunningHub, client: httpx2.Client, kind: str) -> None:
    first = client.get(list_url(hub.endpoint, sort="createdAt", direction=1, limit=100, **{"expand[]": FIELDS}))
    url = first.links["next"]["url"]
    proper = client.get(url).json()
    sent, rows = hub.state()["faults"][kind], list(hub.rows())
    hub.control(churn=0.1, faults={"rate": 1, "kinds": [kind], "stall_seconds": 1.5})
    errors = {
        "reset": httpx2.ReadError,
        "reset-body": httpx2.ReadError,
        "stall": httpx2.ReadTimeout,
        "stall-body": httpx2.ReadTimeout,
        "short-length": httpx2.RemoteProtocolError,
    }
    if kind in errors:
        with pytest.raises(errors[kind]):
            fetch(client, url)
    else:
        answer, length = fetch(client, url)
        check_fault(kind, answer, length, proper)
    assert hub.state()["faults"][kind] == sent + 1
    assert list(hub.rows()) == rows, "a fault never changes the rows"
    hub.control(churn=0, faults={"rate": 0})
    assert client.get(url).json() == proper


def check_fault(kind: str, answer: httpx2.Response, length: int, proper: list[Any]) -> None:
    headers, status = answer.headers, answer.status_code
    if kind.startswith(("5", "429")):
        assert status == int(kind[:3])
        assert ("RateLimit" in headers) == (kind != "429-bare")
        assert ("Retry-After" in headers) == (kind == "429-date")
        assert kind != "429" or headers["RateLimit"] == '"api";r=0;t=1'
    elif kind == "cursor-refused":
        assert (status, answer.json()) == (400, {"error": "Invalid cursor"})
    elif kind in {"truncated-json", "long-length"}:
        assert len(answer.content) == int(headers["Content-Length"])
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    elif kind == "html":
        assert headers["Content-Type"].startswith("text/html")
    elif kind == "odd-rows":
        assert [row for row in answer.json() if row not in ODD_ROWS] == proper
        assert [row for row in answer.json() if row in ODD_ROWS] == list(ODD_ROWS)
    elif kind == "no-link":
        assert ("Link" in headers, answer.json()) == (False, proper)
    else:
        assert (status, length) == (200, {"gzip-bomb": BOMB_BYTES, "empty-body": 0}[kind])


def test_a_storm_sends_every_kind_before_it_repeats_one(hub: RunningHub, client: httpx2.Client) -> None:
    kinds = ["500", "429-bare", "html", "cursor-refused", "no-link"]
    before = hub.state()["faults"]
    url = client.get(list_url(hub.endpoint, limit=1)).links["next"]["url"]
    hub.control(faults={"rate": 0.5, "kinds": kinds})
    for _ in range(100):
        client.get(url)
    sent = {kind: number - before[kind] for kind, number in hub.state()["faults"].items()}
    assert 30 < sum(sent.values()) < 70
    assert max(sent.values()) - min(sent[kind] for kind in kinds) <= 1
    assert {kind for kind, number in sent.items() if number} == set(kinds)


def test_gzip_is_for_those_who_accept_it(hub: RunningHub, client: httpx2.Client) -> None:
    hub.control(gzip=True)
    url = list_url(hub.endpoint, sort="createdAt")
    packed, plain = client.get(url), client.get(url, headers={"Accept-Encoding": "identity"})
    assert (packed.headers.get("Content-Encoding"), plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert packed.json() == plain.json()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2


def test_given_rows_in_process(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    rows = [
        {"id": "acme/bert", "downloads": 5, "_from": {}},
        {"id": "acme/t5", "createdAt": "2024-05-06T07:08:09.000Z"},
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    with HubAtScale(given_rows(path, None), seed=1) as hub, httpx2.Client(trust_env=False) as client:
        shown = client.get(list_url(hub.endpoint, sort="createdAt", direction=1, full="1")).json()
        assert {row["id"] for row in shown} == {"acme/bert", "acme/t5"}
        made = next(row for row in shown if row["id"] == "acme/t5")
        assert made["_id"].startswith(f"{1714979289:08x}")
        assert not any("_from" in row for row in shown)
        assert hub.control({"rename": 1})["rename"][0]["old"] in {"acme/bert", "acme/t5"}
    with RunningHub(source=path, models=1) as process:
        assert [row["id"] for row in process.rows()] == ["acme/bert"]
