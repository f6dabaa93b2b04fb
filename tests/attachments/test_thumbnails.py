"""Small pictures of strangers' files, made where they can do no harm."""

import io
import struct
import zlib
from typing import Any

import pytest

from tests.attachments.conftest import FILES, pdf, picture, sent
from tests.conftest import Caller


def thumbnail(caller: Caller, data: bytes) -> Any:
    return caller.get(f"{FILES}/{sent(caller, data)['id']}/thumbnail")


def size(answer: Any) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(answer.data)) as image:
        return image.size


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says that it is as large as this."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "HEIF"])
def test_pictures_have_one(owner: Caller, form: str) -> None:
    answer = thumbnail(owner, picture(800, 600, form))
    assert (answer.status_code, answer.mimetype, size(answer)) == (200, "image/webp", (480, 360))


def test_it_stands_upright_and_says_nothing_of_the_camera(owner: Caller) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    answer = thumbnail(owner, picture(exif=exif))
    assert size(answer) == (360, 480) and b"camera" not in answer.data


def test_of_a_photo_of_an_iphone_that_is_cut_there_is_none(owner: Caller) -> None:
    assert thumbnail(owner, picture(form="HEIF")[:600]).status_code == 404


def test_of_a_pdf_it_shows_the_first_page(owner: Caller) -> None:
    assert size(thumbnail(owner, pdf("Hello", "World"))) == (340, 480)


def test_it_is_made_once(owner: Caller, statements: list[str]) -> None:
    path = f"{FILES}/{sent(owner, picture())['id']}/thumbnail"
    first = owner.get(path).data
    del statements[:]
    assert owner.get(path).data == first
    assert [one for one in statements if "UPDATE" in one or "blob_pieces" in one] == []


@pytest.mark.parametrize(
    "data",
    [bomb(50_000, 50_000), bomb(9_000, 9_000), picture()[:600], b"%PDF-1.4 and no more", b"words", b"<svg/>", b"\x00"],
    ids=["bomb", "large", "cut", "no pdf", "words", "svg", "unknown"],
)
def test_what_can_have_none_has_none(owner: Caller, data: bytes) -> None:
    answer = thumbnail(owner, data)
    assert (answer.status_code, answer.json["message"]) == (404, "There is no thumbnail of this file")


def test_a_strangers_is_not_there(owner: Caller, stranger: Caller) -> None:
    made = sent(owner, picture())
    assert stranger.get(f"{FILES}/{made['id']}/thumbnail").json["message"] == "Attachment not found"
