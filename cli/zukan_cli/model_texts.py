"""What the command line and the pages say of a model in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.outcomes import ModelCard


def presence(card: ModelCard) -> str:
    """Return what is doubtful about whether the Hub still has it; nothing where it was seen there."""
    record = card.record
    asked = {
        "there": _("it is there: the Hub was asked just now"),
        "renamed": _("it has a new name: the Hub was asked just now"),
        "gone": _("deleted or private: the Hub was asked just now"),
        "disabled": _("disabled by the Hub, which was asked just now"),
    }
    if card.asked_now in asked:
        return asked[card.asked_now]
    told = _("deleted or private") if record.removed else _("disabled by the Hub") if record.disabled else ""
    if card.absent_since:
        absent = _("not in the Hub's list of {date}; the Hub could not be asked just now").format(
            date=card.absent_since[:10]
        )
        return f"{told} ({absent})" if told else absent
    if told:
        return told
    return "" if card.confirmed else _("not confirmed: known from the sources below, no crawl has met it yet")
