"""Decodes text that may be in any encoding, and names the characters that no text of the catalogue may hold."""

from __future__ import annotations

UNWANTED = dict.fromkeys(
    code
    for codes in (
        range(32), range(127, 160), (0xAD, 0x200B, 0xFEFF, 0xFFFE, 0xFFFF),  # nothing that a terminal obeys
        range(0x202A, 0x202F), range(0x2066, 0x206A),  # nothing that turns the order of letters around
        range(0xD800, 0xE080),  # no half characters, and none of the marks that a reader sets on its way
    )
    for code in codes
    if code not in (0x09, 0x0A, 0x0D, 0x85)
)  # fmt: skip


def decoded(data: bytes) -> str:
    """Return bytes as text without those characters, each line ended by a line feed alone; this does not raise."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif data[1:200:2].count(0) > len(data[1:200:2]) // 2:
        text = data.decode("utf-16-le", "replace")
    elif data[:200:2].count(0) > len(data[:200:2]) // 2:
        text = data.decode("utf-16-be", "replace")
    else:
        text = data.decode("utf-8", "replace")
    return text.translate(UNWANTED).replace("\r\n", "\n").replace("\r", "\n")
