"""What kind of file it is, told by its first bytes: names lie, and a model only fails in its own words."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

HEAD_BYTES = 64 * 1024

TEXT, LETTERS, PICTURE, SOUND, VIDEO, OTHER = "text", "letters", "picture", "sound", "video", "other"

# (bytes at the start, kind, format)
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", PICTURE, "PNG"),
    (b"\xff\xd8\xff", PICTURE, "JPEG"),
    (b"GIF8", PICTURE, "GIF"),
    (b"BM", PICTURE, "BMP"),
    (b"II*\x00", PICTURE, "TIFF"),
    (b"MM\x00*", PICTURE, "TIFF"),
    (b"fLaC", SOUND, "FLAC"),
    (b"OggS", SOUND, "Ogg"),
    (b"ID3", SOUND, "MP3"),
    (b"\xff\xfb", SOUND, "MP3"),
    (b"\xff\xf3", SOUND, "MP3"),
    (b"FORM", SOUND, "AIFF"),
    (b"\x1aE\xdf\xa3", VIDEO, "Matroska"),
    (b"%PDF-", OTHER, "PDF"),
    (b"PK\x03\x04", OTHER, "ZIP"),
    (b"\x1f\x8b", OTHER, "gzip"),
)
_RIFF = {b"WAVE": (SOUND, "WAV"), b"WEBP": (PICTURE, "WebP"), b"AVI ": (VIDEO, "AVI")}
_FTYP = re.compile(rb"(?s).{4}ftyp(.{4})")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"avis")
_SOUND_BRANDS = (b"M4A ", b"M4B ")
# No text has them: the others (tab, line ends, form feed, escape) may stand in one.
_NO_TEXT = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_LETTERS = re.compile(rb"(?s)(?=.*[A-Za-z ])[\t\n\r\x0c\x20-\x7e\x80-\xff]+")
"""Without a byte that no text has: café in Latin-1."""
_JAPANESE = ("cp932", "euc_jp")
_KANA = re.compile("[ぁ-んァ-ヶ]")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is."""

    kind: str
    format: str = ""

    @property
    def words(self) -> str:
        """What to call it in a sentence."""
        return {
            PICTURE: f"a picture ({self.format})",
            SOUND: f"a sound ({self.format})",
            VIDEO: f"a video ({self.format})",
            TEXT: "text",
            LETTERS: "text in another encoding than UTF-8",
        }.get(self.kind, f"binary data ({self.format})" if self.format else "binary data")


def kind_of(head: bytes) -> Kind:
    """Return what a file is that begins with these bytes (the first 64 KiB are enough)."""
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return Kind(*_RIFF[head[8:12]])
    if match := _FTYP.match(head):
        brand = match[1]
        if brand in _PICTURE_BRANDS:
            return Kind(PICTURE, "HEIF")
        return Kind(SOUND, "M4A") if brand in _SOUND_BRANDS else Kind(VIDEO, "MP4")
    if decode(head, complete=len(head) < HEAD_BYTES) is not None:
        # Before the short signatures: a text may begin with BM or FORM.
        return Kind(TEXT)
    for start, kind, name in _STARTS:
        if head.startswith(start):
            return Kind(kind, name)
    return Kind(LETTERS if _LETTERS.fullmatch(head) else OTHER)


def _is_japanese(content: bytes, text: str) -> bool:
    """Tell a Japanese encoding from damaged UTF-8, which can be read as it, with other letters."""
    damaged = content.decode("utf-8", "replace").count("\ufffd")
    return _KANA.search(text) is not None and damaged > len(content) // 100


def decode(content: bytes, *, complete: bool = True) -> str | None:
    """Return the text of bytes in UTF-8, UTF-16 (with its mark) or, with kana, Shift_JIS or EUC-JP; None for others.

    Args:
        content: The bytes.
        complete: False where they are only the beginning, which may end inside a letter.

    """
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp932", "euc_jp"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content, final=complete)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT.search(text) or (encoding in _JAPANESE and not _is_japanese(content, text)):
            continue
        return text
    return None
