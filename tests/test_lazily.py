"""Patterns that are compiled at their first use behave like those compiled at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.lazily import lazily

PATTERN = r"[ぁ-ヿ㐀-鿿]+|(?P<word>[a-z]+)"


@given(st.text(alphabet="aB1 あ漢"))
def test_it_finds_what_a_compiled_one_finds(text: str) -> None:
    lazy, compiled = lazily(PATTERN, re.IGNORECASE), re.compile(PATTERN, re.IGNORECASE)
    assert lazy.findall(text) == compiled.findall(text)
    assert [match.span("word") for match in lazy.finditer(text)] == [m.span("word") for m in compiled.finditer(text)]
    assert lazy.sub("-", text) == compiled.sub("-", text)
    assert (lazy.search(text) is None) == (compiled.search(text) is None)
    assert lazy.pattern == PATTERN


def test_it_is_compiled_once_and_not_before_it_is_used() -> None:
    lazy = lazily("(")
    with pytest.raises(re.error):
        lazy.search("a")
    good = lazily("a")
    assert good.search("a")
    assert good.search is good.search
