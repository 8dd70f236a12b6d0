"""Reads which machine a recommendation is for: this one, one of so much memory, a graphics card, or any."""

from __future__ import annotations

import re
import unicodedata

from zukan.advice import Hardware
from zukan.errors import QueryError
from zukan.hardware import detect
from zukan.lazily import lazily

ANY = "any"
_LONGEST = 2_000
"""Letters of a question that are read for a card."""
_NO_LIMIT = 2**60
_GIB = 2**30
_MEMORY = lazily(r"(\d{1,6}(?:\.\d+)?)\s*(t|g|m)i?b?(?:\s*(?:of\s*)?(?:ram|memory))?", re.IGNORECASE)
_UNITS = {"t": 2**40, "g": _GIB, "m": 2**20}
_MAC = lazily(
    r"(?:apple )?(?=mac|imac|m\d)(?:mac ?book|i?mac)?(?: ?(?:pro|air|mini|studio))?(?: ?m\d(?: ?(?:pro|max|ultra))?)?"
    r"(?:[ ,]+(?P<memory>\d{1,4}) ?gi?b(?: (?:of )?(?:ram|memory))?)?"
)


def machine(text: str | None) -> Hardware:
    """Return the machine that is meant.

    Args:
        text: None for this one; `16GB` for one with so much memory and no graphics card; the name of a graphics card,
            or of several (`2x RTX 4090`); a Mac with its memory (`M2 Max 64GB`); `any` for no limit.

    Raises:
        QueryError: It is none of these.

    """
    if text is None:
        return detect()
    wanted = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    if wanted == ANY:
        return Hardware(_NO_LIMIT, _NO_LIMIT, 1, basis="any machine")
    if (match := _MEMORY.fullmatch(wanted)) and (size := _bytes(match[1], match[2])):
        return Hardware(size, size, 1, basis=f"a machine with {text.strip()}, as you said")
    from zukan.cards import BANDWIDTH_BASIS, card, shown_card  # noqa: PLC0415 (most mean this machine)

    if found := card(wanted):
        shown, memory = shown_card(found.name), found.memory_bytes // _GIB // found.number
        own = f"{memory} GiB of its own" if found.number == 1 else f"{memory} GiB each"
        return Hardware(
            found.memory_bytes, found.memory_bytes, 1, "cuda",
            shown if found.number == 1 else f"{found.number} x {shown}",
            basis=f"{shown}: {own}" if found.number == 1 else f"{found.number} x {shown}: {own}",
            bandwidth_bytes=found.bandwidth_bytes,
            bandwidth_basis=BANDWIDTH_BASIS if found.bandwidth_bytes else "",
        )  # fmt: skip
    if match := _MAC.fullmatch(wanted):
        if not match["memory"]:
            raise QueryError(f"a Mac comes with several memories: say which, e.g. {text.strip()} 16GB")
        size = _bytes(match["memory"], "g")
        # Its processor and its graphics share one memory.
        return Hardware(size, size, 1, "mps", basis=f"a Mac with {match['memory']} GB, as you said")
    raise QueryError(
        f"no such machine is known: {text or '“”'} (say its memory, e.g. 16GB, a card, e.g. RTX 4090, or any)"
    )


def _bytes(number: str, unit: str) -> int:
    return int(float(number) * _UNITS[unit.lower()])


def said_memory(question: str, size: int, hardware: Hardware) -> Hardware:
    """Return the machine that a question speaks of which says how much memory there is: this one where that is enough.

    Args:
        question: What was asked.
        size: The bytes that it says.
        hardware: This machine.

    """
    text = unicodedata.normalize("NFKC", question[:_LONGEST])
    on_card = bool(_OF_A_CARD.search(text)) and not _NO_CARD.search(text.replace("ビデオメモリ", "vram"))
    if size <= (hardware.memory_bytes or 0) and (hardware.accelerator or not on_card):
        return hardware
    basis = f"{size / 10**9:g} GB, as the question says"
    return Hardware(size, size, 1, "cuda" if on_card else None, basis=basis)


_OF_A_CARD = lazily(r"(?<![a-z])(?:v-?ram|gpu|cuda|graphics card)(?![a-z])|グラボ|ビデオメモリ", re.IGNORECASE)
_NO_CARD = lazily(
    r"(?:\b(?:no|not|without|any|integrated|zero)|n't(?: \w+)?)(?: (?:a|an|any|dedicated|discrete))* "
    r"(?:gpu|graphics card)|"
    r"(?:gpu|graphics card)[ -]?(?:less|free|poor|unavailable)|cpu[ -]only|\bram\b[^,.]*\band a gpu|"
    r"(?:gpu|グラボ|vram)(?:は|が|も)?(?:なし|無し|な[いく]|無[いく]|ありません|不要|非搭載|を?使わ|を?使え)|"
    r"メモリ",
    re.IGNORECASE,
)
"""What says that there is no card, or that the memory is the machine's."""


def is_any(hardware: Hardware) -> bool:
    """Whether a machine has no limit."""
    return hardware.memory_bytes == _NO_LIMIT
