"""Files built in code: clean ones and hostile ones."""

import io
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


def pdf(pages: int = 1, *, marker: str = "") -> bytes:
    """A PDF of empty pages; another marker makes another content."""
    writer = _writer(pages)
    if marker:
        writer.add_metadata({"/Title": marker})
    return _bytes(writer)


def pdf_with_script() -> bytes:
    return _bytes(_with_script())


def pdf_with_hidden_script() -> bytes:
    """The action's name spelled with an escaped letter, inside a page's own actions."""
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    writer = _writer()
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    return _bytes(writer).replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/#4aS")


def pdf_with_script_in_an_object_stream() -> bytes:
    """As newer programs write it: packed, so that no search in the bytes finds the name."""
    content = _bytes(_with_script())
    # The catalogue and the action move into a compressed object stream.
    reader = PdfReader(io.BytesIO(content))
    bodies: list[tuple[int, bytes]] = []
    for number in sorted(reader.xref[0]):
        one = io.BytesIO()
        reader.get_object(IndirectObject(number, 0, reader)).write_to_stream(one)
        bodies.append((number, one.getvalue()))
    return _packed(bodies, reader.trailer.raw_get("/Root").idnum)


def _packed(bodies: list[tuple[int, bytes]], root: int) -> bytes:
    head, text = "", b""
    for number, body in bodies:
        head += f"{number} {len(text)} "
        text += body + b" "
    packed = zlib.compress(head.encode() + text)
    stream_no = max(number for number, _ in bodies) + 1
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.5\n")
    at = out.tell()
    out.write(
        f"{stream_no} 0 obj\n<< /Type /ObjStm /N {len(bodies)} /First {len(head)} /Filter /FlateDecode"
        f" /Length {len(packed)} >>\nstream\n".encode()
        + packed
        + b"\nendstream\nendobj\n"
    )
    start = out.tell()
    rows = [b"\x00\x00\x00\x00\xff"]
    places = {number: index for index, (number, _) in enumerate(bodies)}
    for number in range(1, stream_no):
        rows.append(
            b"\x02" + stream_no.to_bytes(3) + places[number].to_bytes(1)
            if number in places
            else b"\x00\x00\x00\x00\xff"
        )
    rows.append(b"\x01" + at.to_bytes(3) + b"\x00")
    rows.append(b"\x01" + start.to_bytes(3) + b"\x00")
    table = b"".join(rows)
    out.write(
        f"{stream_no + 1} 0 obj\n<< /Type /XRef /Size {stream_no + 2} /W [1 3 1] /Root {root} 0 R"
        f" /Length {len(table)} >>\nstream\n".encode()
        + table
        + f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF".encode()
    )
    return out.getvalue()


def pdf_that_launches() -> bytes:
    writer = _writer()
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = action
    return _bytes(writer)


def pdf_that_opens(action: str, *, packed: bool = False, **more: str) -> bytes:
    """A file that acts by itself when it is opened; `packed`: the action is an object of its own."""
    writer = _writer()
    said = {f"/{key}": TextStringObject(value) for key, value in more.items()}
    made = DictionaryObject(
        {NameObject("/S"): NameObject(action)} | {NameObject(key): one for key, one in said.items()}
    )
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(made) if packed else made
    return _bytes(writer)


def pdf_that_acts_on_a_page(action: str, next_action: str = "") -> bytes:
    """A page that acts when it is turned to."""
    writer = _writer()
    made = DictionaryObject({NameObject("/S"): NameObject(action), NameObject("/URI"): TextStringObject("http://x.vn")})
    if next_action:
        made[NameObject("/Next")] = DictionaryObject({NameObject("/S"): NameObject(next_action)})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): made})
    return _bytes(writer)


def pdf_that_opens_on_its_first_page() -> bytes:
    """As word processors write it: a plain place in the file."""
    writer = _writer()
    writer.root_object[NameObject("/OpenAction")] = ArrayObject([NumberObject(0), NameObject("/Fit")])
    return _bytes(writer)


def pdf_written(page: str = "", *others: str, catalog: str = "") -> bytes:
    """One page, its dictionary and further objects (from 4 on) written out: what no writer of PDF would make."""
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>",
        *others,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{table}startxref\n{len(out)}\n%%EOF\n".encode()


def pdf_with_link(action: str, *others: str) -> bytes:
    """A page with a link over the whole of it; `others` are objects 4, 5 … that the action may name."""
    return pdf_written(f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A {action} >>]", *others)


def pdf_with_note(note: str, *others: str) -> bytes:
    """A page with an annotation of another kind."""
    return pdf_written(f"/Annots [<< /Type /Annot /Rect [0 0 595 842] {note} >>]", *others)


def pdf_of_a_word_processor() -> bytes:
    """Tagged, with an outline, links out and within, and a field for a signature, as office programs export it."""
    link = "/Type /Annot /Subtype /Link /Rect [0 0 9 9] /StructParent 0"
    return pdf_written(
        f"/Annots [<< {link} /A << /Type /Action /S /URI /URI (https://thuvienphapluat.vn/a?b=/x) >> >>"
        f" << {link} /A << /S /URI /URI 12 0 R >> >> << {link} /A 11 0 R >> << {link} /Dest [3 0 R /Fit] >> 8 0 R]",
        "<< /Type /Outlines /First 5 0 R /Last 6 0 R /Count 2 >>",
        "<< /Title (I) /Parent 4 0 R /Next 6 0 R /A << /S /GoTo /D [3 0 R /XYZ 0 0 0] >> >>",
        "<< /Title (II) /Parent 4 0 R /Prev 5 0 R /A << /S /Named /N /FirstPage >> >>",
        "<< /Type /StructTreeRoot /K [9 0 R] /RoleMap << /Screen /P >> >>",
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Ky) /F 132 /Rect [0 0 0 0]"
        " /Lock << /Type /SigFieldLock /Action /All >> >>",
        "<< /Type /StructElem /S /Table /P 7 0 R /A [<< /O /Table /Scope /Column >> 0] /K [10 0 R] >>",
        "<< /Type /StructElem /S /TD /P 9 0 R /A << /O /Layout /Placement /Block >> >>",
        "<< /S /GoTo /D [3 0 R /Fit] >>",
        "(mailto:thcs@haiphong.edu.vn)",
        "<< /Type /ExtGState /BM /Screen >>",
        catalog="/Outlines 4 0 R /StructTreeRoot 7 0 R /MarkInfo << /Marked true >> /OpenAction [3 0 R /Fit]"
        " /AcroForm << /Fields [8 0 R] /SigFlags 3 >> /PageLabels << /Nums [0 << /S /D >>] >>"
        " /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 >>]",
    )


def pdf_of_a_scanner() -> bytes:
    """A page that is one picture."""
    out = io.BytesIO()
    Image.new("RGB", (80, 120), "white").save(out, "PDF")
    return out.getvalue()


def pdf_with_attachment() -> bytes:
    writer = _writer()
    writer.add_attachment("ma-doc.exe", b"MZ")
    return _bytes(writer)


def pdf_that_was_cleaned_by_an_edit() -> bytes:
    """A script of the first revision that the second one no longer points at."""
    first = pdf_with_script()
    writer = PdfWriter(io.BytesIO(first), incremental=True)
    writer.root_object.pop("/Names", None)
    writer.root_object.pop("/OpenAction", None)
    for number in list(PdfReader(io.BytesIO(first)).xref[0]):
        one = writer.get_object(number)
        if isinstance(one, DictionaryObject) and "/JS" in one:
            one.clear()
    return _bytes(writer)


def pdf_with_password() -> bytes:
    writer = _writer()
    writer.encrypt("", "chu-so-huu")
    return _bytes(writer)


def pdf_nested(depth: int = 5_000) -> bytes:
    """Arrays within arrays, to break a reader that walks down."""
    content = pdf()
    return content.replace(b"/MediaBox", b"/Deep " + b"[" * depth + b"]" * depth + b" /MediaBox", 1)


def image(kind: str = "JPEG", size: tuple[int, int] = (80, 120)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def upload(content: bytes, name: str = "ban-quet.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _with_script() -> PdfWriter:
    """A script that runs when the file is opened, as an object of its own."""
    writer = _writer()
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))
    return writer


def _writer(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
