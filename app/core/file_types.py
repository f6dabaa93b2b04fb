"""What a file is, told by its first bytes and never by what somebody calls it."""

import codecs
import re

HEAD = 64 * 1024  # bytes that tell
UNKNOWN = "application/octet-stream"
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
SOUNDS = {
    b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg", b"\xff\xf2": "audio/mpeg",
    b"OggS": "audio/ogg", b"\x1aE\xdf\xa3": "audio/webm", b"fLaC": "audio/flac",
}  # fmt: skip
DOCUMENTS = {
    b"%PDF-": "application/pdf", b"PK\x03\x04": "application/zip", b"\x1f\x8b": "application/gzip",
    b"II*\x00": "image/tiff", b"MM\x00*": "image/tiff",
}  # fmt: skip
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
OF_SOUND = {b"M4A", b"mp4", b"iso", b"M4B"}
BRANDS = {b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic",
          b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}  # fmt: skip
SVG, XML = re.compile(rb"<svg[\s>]", re.I), re.compile(rb"\s*<\?xml", re.I)
HTML = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe|meta|style|title|table|div)[\s>]", re.I)
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniffed(data: bytes) -> str:
    """Of pictures and sounds that every browser shows or plays; ``""`` for anything else."""
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] in OF_SOUND else ""
    return _beginning({**PICTURES, **SOUNDS}, data)


def type_of(head: bytes) -> str:
    """Of any file, by its first ``HEAD`` bytes."""
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    return sniffed(head) or _beginning(DOCUMENTS, head) or (_text(head[:HEAD]) if _is_text(head[:HEAD]) else UNKNOWN)


def _beginning(known: dict[bytes, str], data: bytes) -> str:
    return next((mime for magic, mime in known.items() if data.startswith(magic)), "")


def _is_text(head: bytes) -> bool:
    return _beginning(BOMS, head) != "" or (head != b"" and not CONTROLS.search(head))


def _text(head: bytes) -> str:
    """What a browser might take for markup, and run, is called so."""
    start = head[:1024]
    if SVG.search(start):
        return "image/svg+xml"
    if HTML.search(start):
        return "text/html"
    return "application/xml" if XML.match(start.removeprefix(codecs.BOM_UTF8)) else "text/plain"
