"""Judgments from files: encodings, PDF, and what is no judgment."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from nyay_lib.errors import ServingError
from nyay_lib.serving.document import read_document

LINES = ("IN THE HIGH COURT OF BOMBAY AT GOA", "Criminal Appeal No. 12 of 2020", "The appeal is allowed.")


def pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines, written by hand."""
    shown = b" ".join(b"(" + line.encode("cp1252") + b") Tj T*" for line in lines)
    stream = b"BT /F1 12 Tf 14 TL 72 720 Td " + shown + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    written, places = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + head + table + tail


def read(tmp_path: Path, name: str, data: bytes) -> str:
    (tmp_path / name).write_bytes(data)
    return read_document(tmp_path / name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_read_in_any_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    text = "अपील स्वीकार की जाती है। ₹ 5,000\n"
    assert read(tmp_path, "judgment.txt", text.encode(encoding)) == text


def test_a_text_of_windows_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "judgment.txt", "§ 302 – the “State”\r\n".encode("cp1252")) == "§ 302 – the “State”\n"


def test_a_pdf_is_read_whatever_its_name(tmp_path: Path) -> None:
    text = read(tmp_path, "judgment.dat", pdf(*LINES))
    assert [line.strip() for line in text.splitlines() if line.strip()] == list(LINES)


def test_a_scanned_pdf_is_told_from_one_with_text(tmp_path: Path) -> None:
    writer, data = PdfWriter(), io.BytesIO()
    writer.add_blank_page(612, 792)
    writer.write(data)
    with pytest.raises(ServingError, match=r"judgment.pdf: 1 pages hold next to no text, so it is a scan; .*`ocrmypdf"):
        read(tmp_path, "judgment.pdf", data.getvalue())


def test_a_locked_pdf_is_told(tmp_path: Path) -> None:
    writer, data = PdfWriter(PdfReader(io.BytesIO(pdf(*LINES)))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(data)
    with pytest.raises(ServingError, match="is locked with a password"):
        read(tmp_path, "judgment.pdf", data.getvalue())


@pytest.mark.parametrize("cut", [40, 300, 500])
def test_a_cut_pdf_is_told_or_read_but_never_a_traceback(tmp_path: Path, cut: int) -> None:
    with pytest.raises(ServingError, match="judgment.pdf: "):
        read(tmp_path, "judgment.pdf", pdf(*LINES)[:cut])


@pytest.mark.parametrize(
    ("data", "told"), [(b"", "is empty"), (b" \n", "is empty"), (b"\x89PNG\0\1\x81", "is no text")]
)
def test_what_is_no_judgment_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(ServingError, match=rf"judgment.txt: {told}"):
        read(tmp_path, "judgment.txt", data)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match=r"nosuch.txt: cannot be read \(No such file or directory\)"):
        read_document(tmp_path / "nosuch.txt")


def test_a_word_file_is_told_how_to_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match="judgment.docx: is a Word file .* save it as PDF or plain text"):
        read(tmp_path, "judgment.docx", b"PK\x03\x04\x14\x00\x06\x00" + bytes(100))
