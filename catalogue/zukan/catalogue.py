"""`Catalogue`: the front door of the library, one method per thing a user can ask."""

from __future__ import annotations

from zukan.front.advising import Advising
from zukan.front.filling import Filling
from zukan.front.finding import Finding
from zukan.front.trying import Trying


class Catalogue(Finding, Advising, Trying, Filling):
    """The models of the Hub in one local SQLite file.

    The file is built from the shipped snapshot when it is first needed. Each thread has a connection of its own, which
    stays open, so one Catalogue may be shared by threads; `close`, or the end of a `with`, closes that of this thread.
    """
