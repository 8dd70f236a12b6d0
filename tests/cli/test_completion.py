"""Shell completion through the lazy command table."""

from __future__ import annotations

import pytest

from conftest import Zukan


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [("zukan se", "1", "search"), ("zukan search --fam", "2", "--family"), ("zukan do", "1", "doctor")],
)
def test_bash_completes_commands_and_options(zukan: Zukan, typed: str, word: str, expected: str) -> None:
    done = zukan(environment={"_ZUKAN_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": word})
    assert expected in done.stdout.split()
    assert "Traceback" not in done.stderr
