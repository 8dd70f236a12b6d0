"""Graphics cards: how people name them, how much memory they have, and how fast it is."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from zukan.lazily import lazily

_LONGEST = 2_000
"""Letters of a question that are read for a card."""
_GIB = 2**30

# Memory in GiB as NVIDIA, AMD and Apple state it on the pages of these products; the names as people write them.
_CARDS = {
    "gtx 1060": 6, "gtx 1070": 8, "gtx 1080": 8, "gtx 1080 ti": 11, "gtx 1650": 4, "gtx 1660": 6, "gtx 1660 ti": 6,
    "rtx 2060": 6, "rtx 2070": 8, "rtx 2080": 8, "rtx 2080 ti": 11, "rtx 3050": 8, "rtx 3060": 12, "rtx 3060 ti": 8,
    "rtx 3070": 8, "rtx 3070 ti": 8, "rtx 3080": 10, "rtx 3080 ti": 12, "rtx 3090": 24, "rtx 3090 ti": 24,
    "rtx 4050": 6, "rtx 4060": 8, "rtx 4060 ti": 8, "rtx 4070": 12, "rtx 4070 super": 12, "rtx 4070 ti": 12,
    "rtx 4070 ti super": 16, "rtx 4080": 16, "rtx 4080 super": 16, "rtx 4090": 24, "rtx 5060": 8, "rtx 5060 ti": 16,
    "rtx 5070": 12, "rtx 5070 ti": 16, "rtx 5080": 16, "rtx 5090": 32, "rtx a2000": 6, "rtx a4000": 16,
    "rtx a5000": 24, "rtx a6000": 48, "rtx 6000 ada": 48, "titan rtx": 24, "tesla t4": 16, "t4": 16, "p100": 16,
    "v100": 16, "l4": 24, "l40": 48, "l40s": 48, "a10": 24, "a10g": 24, "a30": 24, "a40": 48, "a100": 40,
    "a100 80gb": 80, "h100": 80, "h200": 141, "b200": 192, "gh200": 96, "rx 6800 xt": 16, "rx 7800 xt": 16,
    "rx 7900 xt": 20, "rx 7900 xtx": 24, "mi210": 64, "mi250": 128, "mi300x": 192,
}  # fmt: skip

# Theoretical peak of their memory in GB/s, as whichllm (MIT) lists it in src/whichllm/data/gpu.py @ 0796645. Cards of
# which it lists another model than ours, or none, have none here.
_BANDWIDTHS = {
    "rtx 5090": 1792, "rtx 5080": 960, "rtx 5070 ti": 896, "rtx 5070": 672, "rtx 5060 ti": 448, "rtx 3050": 224,
    "rtx 4090": 1008, "rtx 4080 super": 736, "rtx 4080": 716.8, "rtx 4070 ti super": 672, "rtx 4070 ti": 504,
    "rtx 4070 super": 504, "rtx 4070": 504, "rtx 4060 ti": 288, "rtx 4060": 272, "rtx 3090 ti": 1008,
    "rtx 3090": 936.2, "rtx 3080 ti": 912.4, "rtx 3080": 760.3, "rtx 3070 ti": 608.3, "rtx 3070": 448,
    "rtx 3060 ti": 448, "rtx 3060": 360, "rtx 2080 ti": 616, "rtx 2080": 448, "rtx 2070": 448, "rtx 2060": 336,
    "gtx 1660 ti": 288, "gtx 1660": 192, "gtx 1650": 128, "h200": 4800, "a100 80gb": 2039, "a100": 1555,
    "rtx a6000": 768, "rtx a5000": 768, "rtx a4000": 448, "l40s": 864, "l40": 864, "l4": 300, "t4": 320,
    "tesla t4": 320, "v100": 900, "p100": 732, "rx 7900 xtx": 960, "rx 7900 xt": 800, "rx 7800 xt": 624,
    "rx 6800 xt": 512, "mi300x": 5300, "mi210": 1638,
}  # fmt: skip
BANDWIDTH_BASIS = "theoretical peak, as whichllm lists it"
# The same card with other memory, in other computers or other versions, as the makers' pages list them too.
_OTHER_MEMORY = {
    "gtx 1060": (3,), "rtx 2060": (12,), "rtx 3050": (4, 6), "rtx 3060": (6, 8), "rtx 3080": (8, 12, 16),
    "rtx 3080 ti": (16,), "rtx 4060 ti": (16,), "rtx 4070": (8,), "rtx 4080": (12,), "rtx 4090": (16,),
    "rtx 5060 ti": (8,), "rtx 5070": (8,), "rtx 5070 ti": (12,), "rtx 5090": (24,), "rtx a2000": (12,),
    "a100": (80,), "v100": (32,), "h100": (94, 96),
}  # fmt: skip
_ROOM = r"\d{1,3} ?gi?b"
_NO_RAM = r"(?! ?(?:of )?(?:ram|memory|メモリ|ssd|storage|disk))"
_OWN = (
    rf"(?: ?[（(](?:(?:合計|計|total|together) ?(?:v?ram)? ?|v?ram ?(?:合計|計|total) ?){_ROOM}[）)]"
    rf"| ?[（(]{_ROOM} ?(?:合計|in total|total|together)[）)]"
    rf"|(?: |-)?[（(]? ?(?:v?ram ?)?(?P<memory>{_ROOM})(?: each)?(?: ?(?:of )?vram)?{_NO_RAM}[）)]?)?"
)
"""What stands behind the name of a card: its own memory, or that of several together; not the computer's."""
_TIMES = r"(?: ?[x×] ?(?P<times>[2-8])(?![\dx]))?"
_CARD = (
    r"(?P<card>(?:rtx|gtx|rx) ?a?\d{4}(?: ?(?:ti super|ti|super|xtx|xt|ada))?|titan rtx|a100|h100|h200|"
    rf"l40s?|v100|p100|t4|mi300x)(?:s(?![a-z]))?(?![a-z0-9]){_OWN}{_TIMES}"
)
_BARE = rf"(?P<card>[345]0[5-9]0(?: ?(?:ti super|ti|super))?)(?:s(?![a-z]))?(?![a-z0-9]|,\d|-){_OWN}{_TIMES}"
"""A card of NVIDIA by its number alone, where something shall run on it."""
_NUMBERS = {"two": 2, "three": 3, "four": 4, "eight": 8, "dual": 2}
_NUMBER = (
    rf"(?P<number>(?<!\d)[2-8](?: ?[x×]|枚の|(?= (?:nvidia |geforce )?(?:rtx|gtx|a100|h[12]00|[345]0[5-9]0)))|"
    rf"{'|'.join(_NUMBERS)}) ?"
)
_BRAND = r"(?:(?:nvidia|geforce|amd|radeon|tesla|colab) ){0,2}"
_FIRST = rf"(?P<first>{_ROOM})(?: |の)?"
_MAKER = rf"(?:{_NUMBER})?(?:{_FIRST})?{_BRAND}"
_SURE = rf"(?:{_NUMBER}(?:{_FIRST})?|{_FIRST.replace('first', 'first_alone')}){_BRAND}"
_WITH = r"(?:on|with|using|have|has|got|own|for(?= (?:an?|my|our|one|single) )) (?:(?:an?|my|our|the|one|single) ){0,2}"
_ENDS = r"(?= ?(?:$|[^ a-z0-9]|(?:at|for|is|are|with|that|which|and|to|please|chat)(?![a-z])))"
"""What else stands behind a card is counted, bought or compared."""
_BEFORE = (
    r"(?:(?<=^)|(?<=[,.;:、。])|(?<=[,.;:、。] )|(?<![a-z])(?:on|with|for|have|has|got|own|using) )"
    r"(?:(?:an?|my|our|the|one|single) )?"
)
_PIECES = r"(?:[がを]?(?P<pieces>[1-8一二三四])枚)?"
_BEHIND = rf"{_PIECES}{_OWN.replace('memory>', 'each>')}"
_IS_THERE = (
    r"が?あります|があるので|があるから|があるけど|がある(?=[、。]|$)|を?(?:持っています|持ってます|持って|使って)"
)
_RUNS = rf"{_BEHIND}(?:{_IS_THERE}|で(?:動かしたい(?:です)?|動く|動かせる|使える|動作する)?|搭載(?:の)?|環境(?:で|の)?)"
_ON_A = (
    r"(?:on (?:(?:an?|my|our|the|one|single) ){0,2}|"
    r"(?:with|using|have|has|got|own|is) (?:(?:an?|my|our|the|one|single) ){1,2})"
)
_RUNS_ON = (
    rf"{_BEHIND}(?:{_IS_THERE}|で(?:動かしたい(?:です)?|動く|動かせる|動作する)|搭載(?:の)?|(?<=枚)で|(?<=枚[）)])で)"
)


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    """Return how a card is named where something shall run on it; T4 is a hormone too."""
    patterns = (
        rf"(?<![a-z0-9]){_WITH}{_MAKER}{_CARD}(?: (?:gpus?|cards?|laptop))?",
        rf"(?<![a-z0-9-]){_MAKER}{_CARD}(?: ?(?:gpus?|graphics cards?|cards?)(?![a-z])| ?{_RUNS})",
        rf"(?<![a-z0-9]){_ON_A}{_MAKER}{_BARE}(?: (?:gpus?|cards?|laptop))?{_ENDS}",
        rf"(?<![a-z0-9.,$€-]){_MAKER}{_BARE}(?: ?(?:gpus?|graphics cards?|cards?)(?![a-z])| ?{_RUNS_ON})",
        r"(?<![a-z0-9-])colab(?:['’]s)?(?: free)? (?P<card>t4|l4|a100|v100)(?![a-z0-9])(?: gpu)?",
        rf"{_BEFORE}{_SURE}{_CARD}{_ENDS}",
        rf"{_BEFORE}{_FIRST}{_BRAND}{_BARE}{_ENDS}",
        rf"(?:(?<=^)|(?<=[、,。 ]))(?:for )?{_MAKER}(?=rtx|gtx|rx|a100|h[12]00){_CARD}(?=$|[、,。.])",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_NOT_ON = lazily(
    r"(?:\bno|\bnot|\bwithout|n't|\bthan|\b(?:about|regarding|mentioning)"
    r"|\b(?:ads?|articles?|comments?|descriptions?|images?|news|photos?|pictures?|posts?|prices?|questions?|reviews?|"
    r"tweets?|videos?) of)(?: (?:an?|the|old|new|used|nvidia|geforce|amd|radeon|rtx|gtx|rx))* *$",
    re.IGNORECASE,
)
"""On such a card nothing shall run: without one, better than one, reviews of one."""


def card_in(question: str) -> tuple[str | None, str]:
    """Return (the graphics card that a question shall run on, what is left of the question).

    The first is as `card` reads it: `a100`, `a100 80gb`, `2x rtx 3090`. None for none, and where several are named.
    """
    text = unicodedata.normalize("NFKC", question[:_LONGEST])
    names: set[str] = set()
    for pattern in _named():
        found = [match for match in pattern.finditer(text) if not _NOT_ON.search(text[: match.start()])]
        names |= {_said(match) for match in found}
        for match in reversed(found):
            text = f"{text[: match.start()]} {text[match.end() :]}"
    name = names.pop() if len(names) == 1 else ""
    rest = " ".join(f"{text}{question[_LONGEST:]}".split())
    return (name, rest) if name and card(name) and rest else (None, question)


def _said(match: re.Match[str]) -> str:
    """Return a card with how many there are, and with its memory where that is another version's than usual."""
    said = match.groupdict()
    name, number = _spelled(match["card"]), _number(said)
    rooms = (said[part] for part in ("first", "first_alone", "memory", "each") if said.get(part))
    memory = next((int(re.sub(r"\D", "", room)) for room in rooms if room), None)
    # Of any other size it is that of the computer, or of several cards together.
    if memory in _OTHER_MEMORY.get(name, ()):
        name = f"{name} {memory}gb"
    return f"{number}x {name}" if number > 1 else name


def _number(said: dict[str, str | None]) -> int:
    text = (said.get("number") or said.get("pieces") or said.get("times") or "1").lower()
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else _NUMBERS.get(text.strip(), "一二三四".find(text) + 1)


def _series(match: re.Match[str]) -> str:
    """Return how the name of a card begins; 4090 alone is an RTX 4090."""
    if match[1]:
        return f"{match[1]} "
    return "rtx " if match.string[0] in "345" else ""


def _spelled(card: str) -> str:
    """Return the name of a card as `_CARDS` has it."""
    text = re.sub(r"(?<=\d) ?(?=ti|super|xt|ada|80 ?gb)", " ", " ".join(card.lower().split())).replace("80 gb", "80gb")
    return re.sub(r"^(rtx|gtx|rx|) ?(?=[a\d])", _series, text)


class Card(NamedTuple):
    """A graphics card, or several of one kind."""

    name: str
    memory_bytes: int
    """Of all of them."""
    bandwidth_bytes: int | None
    """A second, of a single one; None where it is not known, and for several: a model goes through one after the
    other."""
    number: int = 1


_SEVERAL = lazily(r"([2-8]) ?[x×] ?(?=[a-z])")
_MADE_BY = lazily(r"^(?:(?:nvidia|geforce|amd|radeon|tesla|a|my) +)+(?=[a-z0-9])")
_OWN_MEMORY = lazily(r" ?[（(]? ?(\d{1,3}) ?gi?b(?: (?:of )?v?ram)?[)）]?$")


def card(name: str) -> Card | None:
    """Return the card that is meant: `RTX 4090`, `4090`, `2x A100 80GB`, `RTX 3060 12GB`; None for none that is known.

    One of which there are several is that with the memory that is said.
    """
    wanted = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    several = _SEVERAL.match(wanted)
    number = int(several[1]) if several else 1
    wanted = _MADE_BY.sub("", wanted[several.end() :] if several else wanted)
    said = _OWN_MEMORY.search(wanted)
    for text in (wanted, wanted[: said.start()] if said else wanted):
        known = _spelled(text)
        if known in _CARDS:
            own = _CARDS[known] if said is None or text == wanted else int(said[1])
            rate = _BANDWIDTHS.get(known) if own == _CARDS[known] and number == 1 else None
            return Card(known, number * own * _GIB, int(rate * 1e9) if rate else None, number)
    return None


def shown_card(name: str) -> str:
    """Return the name of a card as its maker writes it."""
    return re.sub(r"\b(TI|ADA|TESLA|TITAN|\dX)\b", lambda match: match[0].capitalize(), name.upper())


def card_memory(name: str) -> int | None:
    """Return the bytes of memory that a graphics card has, None where the card is not known."""
    size = _CARDS.get(name.casefold().replace("-", " "))
    return size * _GIB if size is not None else None
