"""Presumes of models of which it is not known whether their authors must grant access that they must, like others.

Of most models of an older list nothing tells. Where all of an author's models under a licence of which it is known are
gated, so are the others under it: Llama, Gemma, the non-commercial FLUX. Of an author's models as a whole that says
less: those of which it is known may be the exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence

from zukan.judged import Judged
from zukan.schema import Prospect
from zukan.store.read import CatalogueReader

PRESUMED_GATED = "probably gated, like its author's others under this licence"
_MOST_LOOKED_AT = 40
"""So many of the best are looked at: of the others none is listed."""
_ENOUGH = 3

Gates = Sequence[tuple[str | None, str | None, int]]
"""(licence, gated or None where that is not known, how many) of an author's models."""


def without_presumed(reader: CatalogueReader, ranked: Sequence[Judged]) -> tuple[list[Judged], int]:
    """Return models, the best first, without those of the best that are presumed to be gated; and how many are not."""
    kept: list[Judged] = []
    for place, one in enumerate(ranked):
        if len(kept) >= _MOST_LOOKED_AT:
            return [*kept, *ranked[place:]], place - len(kept)
        # A trial that answered here proves that there is access.
        if one.evidence == "measured here" or not presumed_gated(reader, one.model):
            kept.append(one)
    return kept, len(ranked) - len(kept)


def presumed_gated(reader: CatalogueReader, model: Prospect) -> bool:
    """Whether a model of which it is not known is presumed to be gated."""
    if model.gated is not None or not model.license:
        return False
    return is_presumed(model.license, reader.gates(model.author))


def is_presumed(licence: str | None, gates: Gates) -> bool:
    """Whether a model of a licence is presumed to be gated, by what is known of its author's others."""
    known = [(gated, number) for one, gated, number in gates if one == licence and gated is not None]
    return sum(number for _, number in known) >= _ENOUGH and all(gated != "false" for gated, _ in known)
