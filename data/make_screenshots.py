"""Takes the pictures of the pages that the READMEs show, by day and by night: data/screenshots/*.webp.

    python data/make_screenshots.py [--only home,search]

A server of the shipped snapshot is started, and the system's Chromium looks at it (apt-get install chromium; pip
install playwright). Pictures differ a little between machines, by their fonts and by the memory that is free.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).resolve().parent / "screenshots"
PAGES = {
    "home": "",
    "search": "search?q=japanese+sentiment&family=encoder-only",
    "model": "model/google-bert/bert-base-uncased",
    "recommend": "recommend?q=summarise+news",
    "compare": "compare?models=google-bert/bert-base-uncased&models=openai-community/gpt2&models=google-t5/t5-small",
}
_SIZE = {"width": 1060, "height": 740}
_QUALITY = 0.6
# Chromium itself writes WebP, a quarter of a PNG.
_AS_WEBP = """async ([png, quality]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""


def take(browser: Any, address: str, names: list[str]) -> None:
    """Take the pictures of some pages in both schemes."""
    base = address.partition("-/begin")[0]
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport=_SIZE, color_scheme=scheme, locale="en-US", reduced_motion="reduce")
        page, studio = context.new_page(), context.new_page()
        page.goto(address)
        for name in names:
            page.goto(base + PAGES[name], wait_until="networkidle")
            png = b64encode(page.screenshot()).decode()
            path = FOLDER / f"{name}-{scheme}.webp"
            path.write_bytes(b64decode(studio.evaluate(_AS_WEBP, [png, _QUALITY])))
            print(f"{path.name}: {path.stat().st_size:,} bytes")
        context.close()


def main() -> None:
    """Start a server, take the pictures, stop it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (--help works without)

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(PAGES), help="names of pages, with commas")
    names = parser.parse_args().only.split(",")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    FOLDER.mkdir(exist_ok=True)
    roots = os.pathsep.join(str(CHECKOUT / name) for name in ("catalogue", "cli"))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "zukan_cli",
            "browse",
            "--no-open",
            "--port",
            "0",
            "--db",
            f"{folder}/seed.sqlite",
        ]
        environment = {**os.environ, "PYTHONPATH": roots}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            try:
                assert server.stdout  # noqa: S101 (asked for above)
                address = server.stdout.readline().strip()
                with sync_playwright() as playwright:
                    take(playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]), address, names)
            finally:
                server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
