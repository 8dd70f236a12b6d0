"""How every child process of zukan finds the same zukan as its parent, installed or not."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

_SOURCE_ROOT = Path(__file__).resolve().parents[1]


def child_environment() -> dict[str, str]:
    """Return this process's environment with zukan importable.

    An installed zukan is found anyway and must not be named: its folder would come before the standard library.
    """
    environment = dict(os.environ)
    if str(_SOURCE_ROOT) not in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        paths = [str(_SOURCE_ROOT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment
