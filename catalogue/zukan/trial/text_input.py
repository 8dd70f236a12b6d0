"""Makes the text of a trial out of bytes that came from a pipe or a file, or says why they are none."""

from __future__ import annotations

from zukan.errors import UnusableInput

MAX_BYTES = 16 * 2**20
"""More than any model reads; a longer input is a mistake, and reading it would cost time and memory."""

# The first bytes of what people give by mistake.
_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"RIFF", "a sound, image or video file"),
    (b"ID3", "an MP3 sound"),
    (b"OggS", "an Ogg sound"),
    (b"fLaC", "a FLAC sound"),
    (b"\x7fELF", "a program"),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data: bytes, model_id: str = "") -> str:
    """Return the text that these bytes are, without the spaces around it.

    Args:
        data: What was read, at most one byte more than `MAX_BYTES`.
        model_id: For the error.

    Raises:
        UnusableInput: It is longer than that, or no text.

    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise UnusableInput(model_id, f"it is {what}, not a text")
    if len(data) > MAX_BYTES:
        raise UnusableInput(model_id, f"it is longer than {MAX_BYTES // 2**20} MiB, more than any model reads")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnusableInput(model_id, f"it is no text in UTF-8 (byte {error.start + 1})") from error
    if "\0" in text:
        raise UnusableInput(model_id, "it is binary data, not a text")
    return text.strip()
