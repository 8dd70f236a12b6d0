"""What the pages draw: families, bars and curves as SVG, coloured by the style sheet alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from zukan_cli.i18n import translate as _

_STEP, _TOP, _BOTTOM, _RADIUS = 36, 22, 98, 9


def family(name: str) -> Markup:
    """Return the drawing of a family: which token sees which. Others than the three have none."""
    title = {
        "encoder-only": _("Encoder: every token sees every other, left and right."),
        "decoder-only": _("Decoder: each token sees only itself and those to its left."),
        "seq2seq": _(
            "Encoder and decoder: the first reads everything at once, the second writes from left to right and looks "
            "at all that was read."
        ),
    }.get(name)
    return Markup("") if title is None else _family(name, title)


@lru_cache(maxsize=20)
def _family(name: str, title: str) -> Markup:
    if name == "seq2seq":
        body = [*_stack(3, 20, "enc", both=True), *_stack(3, 176, "dec", both=False), *_crossing(3, 20, 176)]
        width = 288
    else:
        body = list(_stack(5, 20, "enc" if name == "encoder-only" else "dec", both=name == "encoder-only"))
        width = 2 * 20 + 4 * _STEP
    return Markup('<svg class="drawing" viewBox="0 0 {} 120" role="img" aria-label="{}">{}</svg>').format(
        width, title, Markup("").join(body)
    )


def _stack(tokens: int, left: int, kind: str, *, both: bool) -> Iterator[Markup]:
    """Yield one stack: tokens go in below and come out above, with a line from each that sees to each that is seen."""
    for above in range(tokens):
        for below in range(tokens):
            if both or below <= above:
                yield _line(left + below * _STEP, _BOTTOM, left + above * _STEP, _TOP, kind)
    for at in range(tokens):
        x = left + at * _STEP
        yield Markup('<circle class="{} in" cx="{}" cy="{}" r="{}"/>').format(kind, x, _BOTTOM, _RADIUS)
        yield Markup('<circle class="{} out" cx="{}" cy="{}" r="{}"/>').format(kind, x, _TOP, _RADIUS)


def _crossing(tokens: int, left: int, right: int) -> Iterator[Markup]:
    """Yield the cross-attention: a layer of the decoder, to which all that was read leads."""
    middle = (_TOP + _BOTTOM) / 2
    edge = right - _RADIUS
    yield Markup('<rect class="cross" x="{}" y="{}" width="{}" height="8" rx="4"/>').format(
        edge, middle - 4, (tokens - 1) * _STEP + 2 * _RADIUS
    )
    for read in range(tokens):
        yield _line(left + read * _STEP, _TOP, edge, middle, "cross")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(kind, x1, y1, x2, y2)


class Part(NamedTuple):
    """One part of a bar."""

    kind: str
    """Its class in the style sheet."""
    value: float
    title: str


def bar(parts: Sequence[Part], whole: float, title: str) -> Markup:
    """Return a bar whose parts stand beside each other; `whole` is what its full width stands for."""
    body: list[Markup] = []
    left = 0.0
    for part in parts:
        width = max(0.0, min(100 * part.value / whole, 100 - left)) if whole > 0 else 0.0
        body.append(
            Markup('<rect class="{}" x="{}" width="{}" height="14"><title>{}</title></rect>').format(
                part.kind, f"{left:.2f}", f"{width:.2f}", part.title
            )
        )
        left += width
    return Markup(
        '<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="ground" width="100" height="14"/>{}</svg>'
    ).format(title, Markup("").join(body))


@lru_cache(maxsize=2_000)
def points(value: float, most: float) -> Markup:
    """Return the bar of one part of a score; its number stands beside it."""
    width = min(100.0, 100 * abs(value) / most) if most > 0 else 0.0
    return Markup(
        '<svg class="points" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="100" height="8"/><rect class="{}" width="{}" height="8"/></svg>'
    ).format("plus" if value >= 0 else "minus", f"{width:.1f}")


def curve(values: Iterable[tuple[str, int | None]], title: str) -> Markup:
    """Return figures by date as a curve, the days as far apart as they were; fewer than two figures make none."""
    known = [(_day(date), number) for date, number in values if number is not None]
    known = [(day, number) for day, number in known if day]
    if len(known) < 2:
        return Markup("")
    first, last = known[0][0], known[-1][0]
    most = max(number for _day_, number in known) or 1
    dots = [(4 + 192 * (day - first) / max(last - first, 1), 56 - 48 * number / most) for day, number in known]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    marks = Markup("").join(Markup('<circle cx="{}" cy="{}" r="2.5"/>').format(f"{x:.1f}", f"{y:.1f}") for x, y in dots)
    return Markup(
        '<svg class="curve" viewBox="0 0 200 60" role="img" aria-label="{}">'
        '<line class="axis" x1="4" y1="56" x2="196" y2="56"/><polyline points="{}"/>{}</svg>'
    ).format(escape(title), path, marks)


def _day(date: str) -> int:
    from datetime import date as calendar  # noqa: PLC0415

    try:
        return calendar.fromisoformat(date[:10]).toordinal()
    except ValueError:
        return 0
