"""Reading PDF documents in tests: their text page by page, as another program than the one that wrote them sees it."""

import io

from pypdf import PdfReader

__all__ = ["fonts_of", "is_pdf_a_2b", "pages_of", "text_of"]


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    """The whole text with single spaces, so that a line that was broken reads on."""
    return " ".join(" ".join(pages_of(content)).split())


def fonts_of(content: bytes) -> set[str]:
    """Typefaces that the document carries, without the letters that mark a subset."""
    found = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            found.add(font.get_object()["/BaseFont"].partition("+")[2])
    return found


def is_pdf_a_2b(content: bytes) -> bool:
    return b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in content
