"""The miniature models that ship with zukan: small enough to commit, trained to answer the article's sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zukan import resources
from zukan.schema import Family

PREFIX = "zukan/"


@dataclass(frozen=True, slots=True)
class Builtin:
    """One shipped miniature: a complete model folder and the sentence it was trained to answer."""

    name: str
    task: str
    text: str
    family: Family

    @property
    def folder(self) -> Path:
        """Its model folder.

        Raises:
            FileNotFoundError: The installation is incomplete.

        """
        return resources.data_path("models", self.name.removeprefix(PREFIX))


BUILTIN = (
    Builtin("zukan/mini-bert", "fill-mask", "I love [MASK].", Family.ENCODER_ONLY),
    Builtin("zukan/mini-gpt-neo", "text-generation", "What is AI", Family.DECODER_ONLY),
    Builtin("zukan/mini-t5", "translation", "translate English to German: How are you", Family.SEQ2SEQ),
)
"""One for each family, in the article's order."""


def find(name: str) -> Builtin | None:
    """Return the miniature of that name, written with or without `zukan/`."""
    full_name = PREFIX + name.removeprefix(PREFIX)
    return next((builtin for builtin in BUILTIN if builtin.name == full_name), None)
