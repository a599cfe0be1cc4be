"""A judgment's text from a file: plain text in the encodings that courts use, or PDF."""

import sys
from pathlib import Path

from nyay_lib.errors import ServingError

ZIP = b"PK\x03\x04"  # what a .docx begins with
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# A page of a judgment has some two thousand letters; a scan has none but a stamp or a page number.
FEWEST_LETTERS_A_PAGE = 40


def read_document(path: Path) -> str:
    """The text of a file; ``-`` is standard input. Raises ServingError for one without text, or that cannot be read."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise ServingError(f"{path}: cannot be read ({error.strerror}); name a file with the judgment") from error
    text = _of_pdf(path, data) if data[:1024].lstrip().startswith(b"%PDF-") else decode(path, data)
    if not text.strip():
        raise ServingError(f"{path}: is empty; name a file with the judgment")
    return text


def decode(path: Path, data: bytes) -> str:
    """Text from bytes: UTF-8, UTF-16 with its mark, else the Windows encoding of western Europe.

    Raises ServingError for what is no text.
    """
    encodings = ("utf-16",) if data.startswith(UTF_16_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    if data.startswith(ZIP):
        raise ServingError(f"{path}: is a Word file or an archive, which is not read; save it as PDF or plain text")
    raise ServingError(f"{path}: is no text in UTF-8, UTF-16 or Windows-1252, and no PDF; save it as UTF-8")


def _of_pdf(path: Path, data: bytes) -> str:
    """The text of all pages, one after another."""
    import io

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ServingError(f"{path}: is locked with a password; save a copy without one")
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, NotImplementedError) as error:
        raise ServingError(f"{path}: cannot be read as a PDF ({error}); save it anew, or as text") from error
    if sum(map(_letters, pages)) < FEWEST_LETTERS_A_PAGE * max(1, len(pages)):
        raise ServingError(
            f"{path}: {len(pages)} pages hold next to no text, so it is a scan; "
            "make its text readable first, for example with `ocrmypdf --language eng+hin`"
        )
    return "\n\n".join(pages)


def _letters(page: str) -> int:
    return sum(letter.isalnum() for letter in page)
