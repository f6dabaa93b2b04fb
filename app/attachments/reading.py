"""A process of its own for strangers' files: ``reading.py words application/pdf``, a file in, words or a picture out.

It is run by its path, with nothing of the house loaded, little time and memory, and no secret in its environment.
"""

import codecs
import re
import resource
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024
LARGEST_RESULT = 2 * 1024 * 1024
MOST_PIXELS = 64_000_000
MOST_PAGES, MOST_WORDS = 500, 200_000  # characters
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "TIFF", "HEIF")
EDGE = 480  # pixels of a thumbnail's longer side
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def main(task: str, content_type: str) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))
    work = TASKS[task].get(content_type) or TASKS[task][content_type.partition("/")[0]]
    sys.stdout.buffer.write(work(sys.stdin.buffer))


def words_of_pdf(file: IO[bytes]) -> bytes:
    return _clean("".join(_pages(file)))


def words_of_text(file: IO[bytes]) -> bytes:
    data = file.read(4 * MOST_WORDS)
    codec = next((codec for mark, codec in BOMS if data.startswith(mark)), "")
    return _clean(_decoded(data, codec))


def picture_of_image(file: IO[bytes]) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(file, formats=FORMATS) as image:
        image.draft("RGB", (EDGE, EDGE))  # of a JPEG no more is decoded than is shown
        image.thumbnail((EDGE * 2, EDGE * 2))
        return _webp(ImageOps.exif_transpose(image))


def picture_of_heif(file: IO[bytes]) -> bytes:
    """As iPhones take them."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return picture_of_image(file)


def picture_of_pdf(file: IO[bytes]) -> bytes:
    import pypdfium2

    page = pypdfium2.PdfDocument(file)[0]
    return _webp(page.render(scale=EDGE / max(*page.get_size(), 1)).to_pil())


TASKS: dict[str, dict[str, Callable[[IO[bytes]], bytes]]] = {
    "words": {"application/pdf": words_of_pdf, "application/xml": words_of_text, "text": words_of_text},
    "thumbnail": {
        "application/pdf": picture_of_pdf,
        "image/heic": picture_of_heif,
        "image/heif": picture_of_heif,
        "image": picture_of_image,
    },
}


def _pages(file: IO[bytes]) -> Iterator[str]:
    import pypdfium2

    left = MOST_WORDS
    for page in islice(pypdfium2.PdfDocument(file), MOST_PAGES):
        text = page.get_textpage().get_text_bounded()
        left -= len(text)
        yield f"{text}\n\n"
        if left <= 0:
            return


def _clean(text: str) -> bytes:
    """A PDF marks hyphens at the end of a line with a control character, among other things that nobody reads."""
    plain = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain[:MOST_WORDS].encode("utf-8", "replace")


def _decoded(data: bytes, codec: str) -> str:
    if codec:
        return data.decode(codec, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        cut = error.start > len(data) - 4  # a character that the end was in the middle of
        return data.decode("utf-8" if cut else _guessed(data[: 64 * 1024]), "ignore" if cut else "replace")


def _guessed(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _webp(image: object) -> bytes:
    """Without what a camera wrote down beside the picture, such as where it was taken."""
    import io

    from PIL import Image

    assert isinstance(image, Image.Image)
    shown = image if image.mode in {"RGB", "RGBA"} else image.convert("RGBA" if "A" in image.getbands() else "RGB")
    shown.thumbnail((EDGE, EDGE))
    made = io.BytesIO()
    shown.save(made, "WEBP", quality=80, exif=b"", icc_profile=b"")
    return made.getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
