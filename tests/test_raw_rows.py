"""Cutting pages into rows, reading them, and telling whether they changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.raw_rows import (
    SQLITE_MAX,
    UnreadableRow,
    cleaned,
    differs_in,
    fingerprint,
    hub_id_of,
    merged,
    modified_at,
    read_row,
    row_text,
    split_rows,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 2]), st.booleans())
def test_a_page_is_cut_into_its_rows(rows: list[Any], indent: int | None, ascii_: bool) -> None:
    try:
        body = json.dumps(rows, indent=indent, ensure_ascii=ascii_).encode()
    except UnicodeEncodeError:
        return
    found = split_rows(body)
    assert found is not None
    assert [json.loads(row) for row in found] == rows


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{}", b"null", b"[1, 2", b'[{"a": 1}', b"<html>", b"[1] x", b'{"error": "x"}', b'["open', b"]["],
)
def test_what_is_no_list_is_told(body: bytes) -> None:
    assert split_rows(body) is None


DEEP = b"[" * 50_000 + b"]" * 50_000


@pytest.mark.parametrize("bad", [b'{"a": NaN}', b'{"a": "\\ud800"}', DEEP, b'{"a": "\xff"}'])
def test_one_odd_row_does_not_cost_its_page(bad: bytes) -> None:
    rows = split_rows(b'[{"id": "a/b, ]"}, ' + bad + b', {"id": "c/d"}]')
    assert rows is not None
    assert (rows[0], rows[1], rows[2]) == (b'{"id": "a/b, ]"}', bad, b'{"id": "c/d"}')


@pytest.mark.parametrize("raw", [b"7", b"null", b"[]", b'"x"', DEEP, b'{"a":', b'{"a": "' + b"x" * 1_000_001 + b'"}'])
def test_a_row_that_cannot_be_read_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableRow):
        read_row(raw)


def test_half_a_surrogate_pair_cannot_be_stored() -> None:
    with pytest.raises(UnreadableRow):
        row_text(read_row(b'{"id": "a/\\ud800"}'))


def test_impossible_numbers_are_clamped_and_named() -> None:
    row, clamped = cleaned(
        read_row(b'{"gguf": {"total": 99999999999999999999, "l": [-99999999999999999999]}, "likes": 3}')
    )
    assert row["gguf"] == {"total": SQLITE_MAX, "l": [-SQLITE_MAX]}
    assert clamped == row["_clamped"] == ["gguf.total", "gguf.l"]
    assert cleaned({"likes": 3}) == ({"likes": 3}, [])


def test_templates_are_noted_wherever_they_stand() -> None:
    row, _ = cleaned({"gguf": {"chat_template": "{{ long }}"}, "config": {"tokenizer_config": {"chat_template": ""}}})
    assert row == {"gguf": {"chat_template": True}, "config": {"tokenizer_config": {"chat_template": ""}}}


def test_only_an_object_id_is_an_id() -> None:
    assert hub_id_of(b'{"_id": "621ffdc036468d709f17434d"}') == "621ffdc036468d709f17434d"
    for other in (b'{"_id": 7}', b'{"_id": "x"}', b'{"_id": ["621ffdc036468d709f17434d"]}', b"7", b"{", b"{}"):
        assert hub_id_of(other) is None


def test_a_date_is_read_or_unknown() -> None:
    date = modified_at(b'{"lastModified": "2026-11-26T10:00:00.123Z"}')
    assert date is not None
    assert date.isoformat() == "2026-11-26T10:00:00.123000+00:00"
    for other in (b'{"lastModified": 7}', b'{"lastModified": "yesterday"}', b"{}", b"null"):
        assert modified_at(other) is None


def test_a_fingerprint_fits_into_sqlite() -> None:
    for number in range(100):
        assert -(2**63) <= fingerprint(b"%d" % number) < 2**63


def test_what_was_asked_for_and_did_not_come_is_gone() -> None:
    old = {"id": "a/b", "pipeline_tag": "fill-mask", "cardData": {}}
    assert merged(old, {"id": "a/b"}, frozenset({"pipeline_tag"})) == {"id": "a/b", "cardData": {}}


def test_what_zukan_notes_itself_is_no_difference() -> None:
    assert differs_in({"a": 1, "_as_of": "x"}, {"a": 1, "_as_of": "y", "_sources": []}) == frozenset()
    assert differs_in({"a": 1}, {"a": 2, "b": None}) == {"a"}
