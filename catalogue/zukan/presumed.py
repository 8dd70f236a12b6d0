"""Presumes of models of which next to nothing is known that what speaks against all of their authors' others does so
against them.

Of most models of an older list nothing tells whether their authors must grant access, and of some not even tags are
known. Where all of an author's models under a licence of which it is known are gated, so are the others under it:
Llama, Gemma, the non-commercial FLUX. Of an author's models as a whole that says less: those of which it is known may
be the exceptions. Where not even the licence is known, the author's others of its type tell it. Where nothing of the
kind speaks against it, a permissive licence tells that a model is open. What has no tags runs code from its repository
if the author's others of its type do, and is an adapter, a copy or in another format if all of the author's others are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from zukan.exclusions import ADAPTER, GATED, OTHER_FORMAT, QUANTISED, REMOTE_CODE
from zukan.judged import Judged
from zukan.licences import PERMISSIVE
from zukan.schema import Prospect
from zukan.store.authors import Kin, TypedKin
from zukan.store.read import CatalogueReader

PRESUMED_GATED = "probably gated, like its author's others of this licence or type"
LIKE_ITS_AUTHORS = "probably gated, like its author's others as far as known"
PRESUMED = {
    REMOTE_CODE: "probably runs code from its repository, like its author's others",
    OTHER_FORMAT: "probably in another format, like its author's others",
    ADAPTER: "probably an adapter, like its author's others",
    QUANTISED: "probably a quantised copy, like its author's others",
}
"""What speaks against all of an author's others → what is said of a model that has no tags."""
_MOST_LOOKED_AT = 40
"""So many of the best are looked at: of the others none is listed."""
_ENOUGH, _ENOUGH_OF_TYPE = 3, 2
"""So many others tell it; of one type fewer do."""
_KNOWN_SHARE = 0.2
"""For who wants nothing gated an author's others tell it where of so many of them it is known."""


def without_presumed(
    reader: CatalogueReader, ranked: Sequence[Judged], allowed: Collection[str], *, wary: bool = False
) -> tuple[list[Judged], list[str]]:
    """Return models, the best first, without those of the best against which something is presumed; and what.

    Args:
        reader: The open catalogue.
        ranked: The best first.
        allowed: Reasons that are none for who asks.
        wary: Whoever asks wants nothing gated: all others of an author tell it too.

    """
    kept: list[Judged] = []
    reasons: list[str] = []
    for place, one in enumerate(ranked):
        if len(kept) >= _MOST_LOOKED_AT:
            return [*kept, *ranked[place:]], reasons
        # A trial that answered here proves that there is access.
        against = None if one.evidence == "measured here" else presumed(reader, one.model, allowed, wary=wary)
        if against is None:
            kept.append(one)
        else:
            reasons.append(against)
    return kept, reasons


def presumed(reader: CatalogueReader, model: Prospect, allowed: Collection[str], *, wary: bool = False) -> str | None:
    """Return what is presumed to speak against a model, None for nothing; of who is `wary` see `without_presumed`."""
    knows_access = model.gated is not None or GATED in allowed
    if knows_access and model.tags:
        return None
    if not knows_access and _is_gated_like(model, reader):
        return PRESUMED_GATED
    if wary and not knows_access and _are_gated(reader.authors.kin(model.author)):
        return LIKE_ITS_AUTHORS
    return None if model.tags else _like_the_others(model, reader.authors.typed_kin(model.author), allowed)


def with_open(reader: CatalogueReader, listed: Sequence[Judged]) -> list[Judged]:
    """Return models with the note of which it is presumed that they are open to everybody."""
    return [
        one._replace(presumed_open=is_presumed_open(one.model, reader.authors.kin(one.model.author)))
        if one.model.gated is None
        else one
        for one in listed
    ]


def is_presumed_open(model: Prospect, kin: Sequence[Kin]) -> bool:
    """Whether a model is presumed to be open to everybody, by its licence and what is known of its author's others.

    Who lets everybody do everything seldom asks who they are: of the 3,598 models of the shipped snapshot under a
    permissive licence of which it is known 44 are gated, of the 973 without a licence 6.
    """
    alike = [one for one in kin if one.license == model.license and one.gated is not None]
    if any(one.gated != "false" for one in alike):
        return False
    return model.license in (None, *PERMISSIVE) or sum(one.number for one in alike) >= _ENOUGH


def _is_gated_like(model: Prospect, reader: CatalogueReader) -> bool:
    """Whether a model is presumed to be gated, by what is known of its author's others.

    Those under its licence tell it; where that is not known, those of its type.
    """
    if not model.license and not model.model_type:
        return False
    own: Sequence[Kin | TypedKin]
    if model.license:
        own, enough = [one for one in reader.authors.kin(model.author) if one.license == model.license], _ENOUGH
    else:
        typed = reader.authors.typed_kin(model.author)
        own, enough = [one for one in typed if one.model_type == model.model_type], _ENOUGH_OF_TYPE
    known = [one for one in own if one.gated is not None]
    return sum(one.number for one in known) >= enough and all(one.gated != "false" for one in known)


def _are_gated(kin: Sequence[Kin]) -> bool:
    """Whether all of an author's models are gated of which it is known, and it is of more than a few of them."""
    known = [one for one in kin if one.gated is not None]
    number = sum(one.number for one in known)
    gated = all(one.gated != "false" for one in known)
    return gated and number >= _ENOUGH_OF_TYPE and number >= _KNOWN_SHARE * sum(one.number for one in kin)


def _like_the_others(model: Prospect, kin: Sequence[TypedKin], allowed: Collection[str]) -> str | None:
    """Return what is presumed of a model without tags."""
    known = [one for one in kin if one.said]
    of_type = {one.exclusion for one in known if model.model_type and one.model_type == model.model_type}
    if of_type == {REMOTE_CODE}:
        return None if REMOTE_CODE in allowed else PRESUMED[REMOTE_CODE]
    if of_type or sum(one.number for one in known) < _ENOUGH or len({one.exclusion for one in known}) > 1:
        return None
    reason = known[0].exclusion
    if reason in allowed or (reason == REMOTE_CODE and any(one.model_type for one in known) and model.model_type):
        return None  # Another type may need no code.
    return PRESUMED.get(reason or "")
