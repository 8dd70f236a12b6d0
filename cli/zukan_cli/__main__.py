"""Starts the command, also as `python -m zukan_cli`; Python seldom looks for garbage meanwhile.

What a command loads and reads stays until it ends. To look through it again and again took a sixth of a cold search.
"""

from __future__ import annotations

import gc

SELDOM = (100_000, 20, 20)
"""When garbage is looked for: commands that go on for long, crawls and servers, leave some too."""


def main() -> None:
    """Entry point of the `zukan` command."""
    gc.set_threshold(*SELDOM)
    from zukan_cli.app import main as run  # noqa: PLC0415 (what is loaded makes no garbage)

    try:
        run()
    finally:
        # Python looks through everything once more before it ends.
        gc.freeze()


if __name__ == "__main__":
    main()
