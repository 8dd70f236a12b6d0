"""The client and the pager against the loopback Hub: every fault a walk can meet, one at a time."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest

from hub_server import HubServer
from zukan.errors import HubRefused, HubUnreachable, RateLimited
from zukan.hub import client as hub_client
from zukan.hub.client import Answer, BudgetSpent, HubClient
from zukan.hub.listing import COUNTER_FIELDS, FIELDS, Listing, Page, made_by_hand
from zukan.raw_rows import hub_id_of

BY_ID = {"sort": "createdAt", "direction": "1"}
LIST = "/api/models?"


@pytest.fixture
def listed(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> HubServer:
    """Return the Hub with 95 models, and point the client at it; waits are a hundredth as long."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    sleep = time.sleep
    monkeypatch.setattr("zukan.hub.client.time.sleep", lambda seconds: sleep(seconds / 100))
    hub.add_rows({"id": f"acme/model-{place:03d}", "downloads": place, "tags": ["bert"]} for place in range(95))
    return hub


def ids(pages: list[Page]) -> list[str]:
    return [hub_id for page in pages for row in page.rows if (hub_id := hub_id_of(row))]


def walk(client: HubClient, limit: int = 20, parameters: dict[str, str] | None = None) -> list[Page]:
    return list(Listing(client, parameters or BY_ID, limit=limit).pages())


def test_a_walk_meets_every_model_once_in_order(listed: HubServer) -> None:
    found = ids(walk(HubClient()))
    assert len(found) == 95
    assert found == sorted(set(found))


def test_a_cursor_can_be_kept_and_used_by_another_process_and_address(listed: HubServer) -> None:
    pages = Listing(HubClient(), BY_ID, limit=20).pages()
    first = next(pages)
    assert first.cursor is not None
    assert "http" not in first.cursor, "an address would tie the catalogue to one server, and could be led elsewhere"
    rest = list(Listing(HubClient(), BY_ID, limit=20).pages(first.cursor, ids([first])[-1]))
    assert len(ids([first, *rest])) == len(set(ids([first, *rest]))) == 95


PASSING: list[dict[str, Any]] = [
    *({"status": status, "times": 2} for status in (408, 500, 502, 503, 504)),
    {"status": 429, "headers": {"RateLimit": '"api";r=0;t=2'}},
    {"status": 429, "headers": {"Retry-After": "2"}},
    {"status": 429, "headers": {"Retry-After": "Thu, 26 Nov 2026 10:00:00 GMT"}},
    {"status": 429},
    {"kind": "reset", "times": 2},
    {"kind": "truncate", "after": 100},
    {"kind": "bad-json"},
    {"status": 200, "body": b"<html>maintenance</html>", "headers": {"Content-Type": "text/html"}},
    {"status": 200, "body": b""},
    {"status": 200, "body": b'{"error": "strange"}'},
    {"status": 200, "body": b"\x1f\x8bnot gzip", "headers": {"Content-Encoding": "gzip"}},
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: str(fault.get("kind", fault.get("status"))))
@pytest.mark.parametrize("skip", [0, 2], ids=["first", "later"])
def test_a_passing_fault_costs_nothing_but_time(listed: HubServer, fault: dict[str, Any], skip: int) -> None:
    listed.fail(LIST, skip=skip, **fault)
    client = HubClient()
    found = ids(walk(client))
    assert len(found) == len(set(found)) == 95
    assert sum(client.retries.values()) == fault.get("times", 1)


def test_a_stalled_answer_is_given_up_and_asked_again(listed: HubServer) -> None:
    listed.fail(LIST, kind="stall", seconds=30, skip=1)
    listed.fail(LIST, kind="stall", seconds=30, skip=3, after=200)
    client = HubClient(timeout_seconds=0.5)
    assert len(ids(walk(client))) == 95
    assert client.retries["timeout"] == 2


def test_an_answer_that_never_ends_is_given_up(listed: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time, the whole never does."""
    monkeypatch.setattr(hub_client, "_SLOWEST", 0.0)
    with pytest.raises(HubUnreachable):
        walk(HubClient(attempts=2))


def test_a_bomb_is_cut_off_while_it_unpacks(listed: HubServer) -> None:
    bomb = gzip.compress(b"[" + b" " * (200 << 20) + b"]")
    listed.fail(LIST, status=200, body=bomb, headers={"Content-Encoding": "gzip"}, skip=1)
    client = HubClient()
    assert len(ids(walk(client))) == 95
    assert client.retries == {"answer too large": 1}


def test_repeated_trouble_halves_the_page_and_good_pages_restore_it(listed: HubServer) -> None:
    listed.fail(LIST, status=504, times=4)
    assert len(ids(walk(HubClient(), limit=40))) == 95
    limits = [int(request.query["limit"][0]) for request in listed.requests if request.path == "/api/models"]
    assert limits[:5] == [40, 40, 20, 10, 10]
    listed.requests.clear()
    listed.fail(LIST, status=504, times=2)
    assert len(ids(walk(HubClient(), limit=4))) == 95
    limits = [int(request.query["limit"][0]) for request in listed.requests if request.path == "/api/models"]
    assert limits[0] == limits[-1] == 4


def test_a_field_the_hub_does_not_know_is_dropped_for_good(listed: HubServer) -> None:
    listed.fail(LIST, status=400, body='{"error":"\\"expand\\" must be one of [author, downloads, tags]"}', skip=1)
    client = HubClient()
    listing = Listing(client, BY_ID, limit=20)
    pages = list(listing.pages())
    assert len(ids(pages)) == 95
    assert pages[0].fields == FIELDS
    assert set(pages[-1].fields) == {"author", "downloads", "tags"}
    assert set(listing.dropped) == set(FIELDS) - {"author", "downloads", "tags"}


@pytest.mark.parametrize("status", [400, 410, 422])
def test_a_refused_cursor_is_tried_again_then_made_by_hand(listed: HubServer, status: int) -> None:
    listed.fail(LIST, status=status, body='{"error":"Invalid cursor"}', skip=2, times=3)
    client = HubClient()
    found = ids(walk(client))
    assert len(found) == len(set(found)) == 95
    assert client.retries == {"cursor refused": 3}


def test_where_every_cursor_is_refused_the_walk_begins_again(listed: HubServer) -> None:
    listed.fail(LIST, status=400, body='{"error":"Invalid cursor"}', skip=2, times=6)
    pages = walk(HubClient())
    assert len(set(ids(pages))) == 95
    assert [page.restarted for page in pages].count(True) == 1
    listed.fail(LIST, status=400, body='{"error":"Invalid cursor"}', skip=1, times=None)
    with pytest.raises(HubRefused, match="cursor"):
        walk(HubClient())


@pytest.mark.parametrize("skip", [0, 2, 4])
def test_an_empty_answer_does_not_end_the_walk(listed: HubServer, skip: int) -> None:
    listed.fail(LIST, status=200, body="[]", headers={"Content-Type": "application/json"}, skip=skip)
    assert len(ids(walk(HubClient()))) == 95


def test_a_hub_without_models_is_walked_too(listed: HubServer) -> None:
    listed.reset()
    assert ids(walk(HubClient())) == []


def test_a_link_elsewhere_is_not_followed(listed: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link could lead the user's token to another server."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    place = made_by_hand("0" * 24)
    headers = {"Link": f'<http://127.0.0.1:9/steal?{place}>; rel="next"', "Content-Type": "application/json"}
    listed.fail(LIST, status=200, body="[]", headers=headers)
    assert len(ids(walk(HubClient()))) == 95


def test_the_end_of_the_budget_is_told(listed: HubServer) -> None:
    client = HubClient(max_requests=3)
    with pytest.raises(BudgetSpent):
        list(Listing(client, BY_ID, limit=20).pages())
    assert client.requests == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 503}, HubRefused),
        ({"status": 403}, HubRefused),
        ({"status": 200, "body": b"<html>"}, HubRefused),
        ({"status": 429, "headers": {"RateLimit": '"api";r=0;t=0'}}, RateLimited),
        ({"kind": "reset"}, HubUnreachable),
    ],
    ids=["503", "403", "html", "429", "reset"],
)
def test_a_lasting_fault_is_one_of_our_errors(listed: HubServer, fault: dict[str, Any], error: type[Exception]) -> None:
    listed.fail(LIST, times=None, **fault)
    with pytest.raises(error):
        walk(HubClient())


def test_nobody_there_and_offline(listed: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubUnreachable) as caught:
        walk(HubClient())
    assert caught.value.offline
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    client = HubClient()
    with pytest.raises(HubUnreachable):
        walk(client)
    assert client.requests == 3, "who cannot be reached at all is not worth a minute"


def test_a_long_file_can_be_cut_instead(listed: HubServer) -> None:
    listed.fail("/api/models/acme", status=200, body=b"x" * 5_000)
    url = f"{listed.endpoint}/api/models/acme/model-001"
    answer: Answer = HubClient().get(lambda: url, lambda found: found, max_body_bytes=1_000, cut=True)
    assert answer.body == b"x" * 1_000


def test_figures_alone_are_asked_for_when_they_are_enough(listed: HubServer) -> None:
    listing = Listing(HubClient(), {"sort": "downloads", "direction": "-1"}, COUNTER_FIELDS, limit=10)
    page = next(listing.pages())
    assert set(json.loads(page.rows[0])) <= {"_id", "id", *COUNTER_FIELDS}
    assert json.loads(page.rows[0])["downloads"] == 94
