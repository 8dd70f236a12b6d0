"""How a crawl is told to people: its progress in one line, its outcome as a table of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zukan_cli import texts
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column

if TYPE_CHECKING:
    from zukan.outcomes import CrawlEvent, CrawlReport

PHASES = {
    "walk": "Fetching models from the Hub",
    "catch up": "Catching up with what changed meanwhile",
    "new": "Fetching new models",
    "changed": "Fetching changed models",
    "counters": "Renewing downloads and likes",
    "settle": "Settling families and sizes",
    "cards": "Fetching model cards",
    "read": "Reading models",
}


def duration(seconds: float) -> str:
    """Return a duration as people say it: 40 s, 12 min, 1 h 5 min."""
    if seconds < 90:
        return _("{number} s").format(number=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("{number} min").format(number=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def phase(event: CrawlEvent) -> str:
    """Return what is being done."""
    return _(PHASES.get(event.phase, event.phase))


def figures(event: CrawlEvent) -> list[str]:
    """Return how far it is, the most important first: models, time to go or what it waits for, rate, requests left."""
    parts = [f"{event.rows:,}"]
    if event.wanted and not (event.estimated and event.rows > event.wanted):
        parts[0] += f"/{'≈' if event.estimated else ''}{event.wanted:,}"
    rate = event.rows_per_second
    if event.waiting:
        parts.append(_("waiting {time} ({reason})").format(time=duration(event.seconds or 0), reason=_(event.waiting)))
    elif rate and event.wanted and event.wanted > event.rows:
        parts.append(_("about {time} to go").format(time=duration((event.wanted - event.rows) / rate)))
    if rate:
        parts.append(_("{number} models/s").format(number=f"{rate:,.0f}"))
    if event.requests_left is not None:
        parts.append(_("{number} requests left in this window").format(number=f"{event.requests_left:,}"))
    return parts


def facts(report: CrawlReport) -> list[tuple[str, str]]:
    """Return the outcome as (label, value)."""
    counted = {name: f"{getattr(report, name):,}" for name in ("rows", "added", "changed", "unchanged")}
    if report.kind == "cards":
        models = _("{rows} cards: {added} new, {unchanged} renewed")
    elif report.kind == "import":
        models = _("{rows} read: {added} new, {changed} changed, {unchanged} unchanged")
    elif report.kind == "update":
        models = _("{rows} rows looked at: {added} new, {changed} changed, {unchanged} unchanged")
    else:
        models = _("{rows} fetched: {added} new, {changed} changed, {unchanged} unchanged")
    found = [(_("models"), models.format(**counted))]
    if report.continued:
        found.append((_("walk"), _("continued; the figures are those of all its parts")))
    if report.renamed:
        found.append((_("renamed"), _("{number}; the old names still find them").format(number=f"{report.renamed:,}")))
    if report.absent:
        absent = _("{number} that are no longer listed are kept and marked").format(number=f"{report.absent:,}")
        found.append((_("absent"), absent))
    found.append((_("refused"), _("{number} rows could not be read").format(number=f"{report.refused:,}")))
    if report.clamped:
        found.append((_("clamped"), _("{number} rows with impossible numbers").format(number=f"{report.clamped:,}")))
    if report.requests:
        size, seconds = texts.size(report.received_bytes), duration(report.seconds)
        found.append((_("requests"), f"{report.requests:,} ({size}, {seconds})"))
    else:
        found.append((_("time"), duration(report.seconds)))
    if report.retries:
        found.append((_("retries"), retries(report.retries)))
    if report.dropped_fields:
        found.append((_("fields the Hub refused"), ", ".join(report.dropped_fields)))
    return found


def remarks(report: CrawlReport, goes_on: str) -> list[str]:
    """Return what people should know besides: that it stopped early, found nothing, refused rows."""
    found = []
    if report.stopped:
        found += [_("Stopped at --max-requests."), goes_on]
    elif not report.rows and report.kind == "cards":
        found.append(_("Every card is stored already."))
    elif not report.rows and report.kind == "subset":
        found.append(_("The Hub lists no such model; check the spelling."))
    elif not report.rows and report.kind == "import":
        found.append(_("Nothing to import was found there."))
    if report.refused:
        found.append(_('zukan sql "SELECT * FROM refused_rows" shows what could not be read, and why.'))
    return found


def run_columns() -> list[Column]:
    """Return how `stats` shows past runs."""

    def number(name: str) -> Column:
        return Column(_(name), lambda row: f"{row[name]:,}", right=True, optional=name in ("unchanged", "refused"))

    return [
        Column(_("started"), lambda row: str(row["started_at"])[:16].replace("T", " ")),
        Column(_("kind"), lambda row: _(row["kind"])),
        Column(_("state"), lambda row: _("finished") if row["finished_at"] else _(row["stopped"] or "unfinished")),
        number("requests"),
        number("rows"),
        number("added"),
        number("changed"),
        number("unchanged"),
        number("refused"),
        Column(_("bytes"), lambda row: texts.size(row["received_bytes"]), right=True, optional=True),
        Column(_("time"), lambda row: duration(row["seconds"]), right=True),
        Column(_("retries"), lambda row: retries(row["retries"]), optional=True),
    ]


def retries(counted: Mapping[str, int]) -> str:
    """Return how often requests were repeated, by reason."""
    listed = sorted(counted.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{_(reason)} {number:,}" for reason, number in listed)
