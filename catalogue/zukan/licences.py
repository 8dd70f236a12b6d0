"""Says what the Hub's licence ids allow: which let a model be used commercially, which ask for hardly anything."""

from __future__ import annotations

import re
from functools import lru_cache

from zukan.lazily import lazily

# Ids as in huggingface/hub-docs, docs/hub/repositories-licenses.md. Permissive: the Open Source Initiative or Creative
# Commons call them so, or they give the work to the public; nothing is asked but to name the authors.
PERMISSIVE = (
    "apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "isc", "unlicense", "cc0-1.0",
    "wtfpl", "zlib", "afl-3.0", "artistic-2.0", "bsl-1.0", "ncsa", "postgresql", "pddl", "cdla-permissive-1.0",
    "cdla-permissive-2.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "etalab-2.0", "ecl-2.0", "ms-pl",
    "ofl-1.1",
)  # fmt: skip

# With conditions, commercial use among what is allowed: copyleft, and rules of use.
_WITH_CONDITIONS = (
    "cc-by-sa-3.0", "cc-by-sa-4.0", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "lgpl-lr", "agpl-3.0",
    "mpl-2.0", "eupl-1.1", "eupl-1.2", "epl-1.0", "epl-2.0", "osl-3.0", "cdla-sharing-1.0", "odbl", "odc-by",
    "gfdl", "openrail", "openrail++", "bigscience-openrail-m", "creativeml-openrail-m", "bigcode-openrail-m",
    "bigscience-bloom-rail-1.0", "open-mdw", "openmdw-1.0", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3",
    "llama4", "gemma",
)  # fmt: skip
COMMERCIAL = (*PERMISSIVE, *_WITH_CONDITIONS)
NOT_COMMERCIAL = (
    "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
)  # fmt: skip
OF_MODELS = ("llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma")
"""Named like the models that they are for."""
KNOWN = (*COMMERCIAL, *NOT_COMMERCIAL)
"""Ids that questions may name; an option may name any other."""

KINDS = {"commercial": COMMERCIAL, "permissive": PERMISSIVE}
"""Names that stand for several ids."""
ALIASES = {"cc0": "cc0-1.0", "new-bsd": "bsd-3-clause", "simplified-bsd": "bsd-2-clause"}
"""Other names of ids."""
_VERSION = lazily(r"-(?:\d[\d.]{0,4}|\d-clause(?:-clear)?)")


def named(text: str) -> str:
    """Return how a licence is written that is given by its id or much like it: `Apache 2` → `apache-2.0`."""
    plain = re.sub(r"[\s_]+", "-", text.strip().lower())
    if plain in ALIASES or plain in KNOWN or plain in KINDS:
        return ALIASES.get(plain, plain)
    squashed = _squashed(plain)
    near = [one for one in KNOWN if squashed in (_squashed(one), _squashed(one.removesuffix(".0")))]
    near = near or [one for one in KNOWN if _is_version(one, plain)]
    return near[0] if len(near) == 1 else plain


def _squashed(text: str) -> str:
    return re.sub(r"v(?=\d)|[^a-z0-9+]", "", text)


def _is_version(licence: str, name: str) -> bool:
    return licence.startswith(name) and _VERSION.fullmatch(licence, len(name)) is not None


@lru_cache(maxsize=100)
def licences_of(wish: str) -> tuple[str, ...]:
    """Return the Hub's ids that fulfil a wish.

    Args:
        wish: `commercial`, `permissive`, an id, a name without its version (`bsd`, `apache`: all its versions), or
            several of these with `|` between them.

    """
    found: dict[str, None] = {}
    for one in wish.split("|"):
        versions = (known for known in KNOWN if _is_version(known, one))
        found |= dict.fromkeys(KINDS.get(one) or (one, *versions))
    return tuple(found)


@lru_cache(maxsize=100)
def unwanted_licences(names: str) -> tuple[str, ...]:
    """Return the Hub's ids of licences that are not wanted, given as to `licences_of`; `llama` is all of those."""
    found = dict.fromkeys(licences_of(names))
    kinds = [name for name in names.split("|") if name not in KNOWN or name in ("gemma", "openrail")]
    return tuple(
        found | dict.fromkeys(one for one in KNOWN for name in kinds if one.startswith(name) or name in one[2:])
    )


def searched(text: str) -> tuple[str | None, ...]:
    """Return the ids that a licence as typed stands for: an id for itself, any other name for all that is called so.

    `apache` is apache-2.0, `commercial` what allows that, `none` stands for None: no licence is stated. What is none of
    these may be an id that zukan does not know.
    """
    plain = text.strip().lower()
    if plain == "none":
        return (None,)
    if plain in KNOWN:
        return (plain,)
    found = tuple(one for one in licences_of(named(plain)) if one in KNOWN)
    return found or (plain,)
