"""The printed papers: names, scope, days; never a password, the citizen's number masked; pages of each in a batch."""

from collections.abc import Iterator

import pytest

from csdl.delegation.actions import withdraw_minutes
from csdl.delegation.models import Minutes
from csdl.delegation.printing import pages_of_papers, print_papers
from tests.delegation.place import TODAY, Place, on, papers_of
from tests.papers import fonts_of, is_pdf_a_2b, pages_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with on(TODAY):
        yield Place()


def test_minutes_say_who_gives_what_to_whom_until_when(place: Place) -> None:
    batch = place.prepare(place.homeroom(place.lan, place.class_a))
    content = print_papers(papers_of(batch)[:1], printed_by="Phạm Hồng Hạnh (hanh)")
    text = text_of(content)

    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 01/2024/BB-CSDL",
        "năm học 2024-2025",
        "Phạm Hồng Hạnh",
        "Nguyễn Thị Lan",
        "031•••••••45",
        "Giáo viên chủ nhiệm",
        "lớp 7A của Trường THCS Tô Hiệu",
        "05/09/2024",
        "31/08/2025",
        "Tên đăng nhập: lan",
    ):
        assert said in text, said
    assert "mat-khau-thu" not in text
    assert "031204001845" not in text
    assert is_pdf_a_2b(content)
    assert fonts_of(content) <= {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}


def test_a_batch_is_one_file_and_knows_the_pages_of_each_paper(place: Place) -> None:
    batch = place.prepare(place.homeroom(place.lan, place.class_a), place.homeroom(place.mai, place.class_b))
    papers = papers_of(batch)

    pages = pages_of(print_papers(papers, printed_by="x"))
    ranges = pages_of_papers(papers)

    assert len(papers) == 4
    assert ranges[0][0] == 1
    assert ranges[-1][1] == len(pages)
    for paper, (first, last) in zip(papers, ranges, strict=True):
        assert f"Số: {paper.paper_no}" in " ".join(pages[first - 1].split())
        assert all("CỘNG HÒA" not in pages[number] for number in range(first, last))


def test_minutes_of_revocation_name_the_minutes_and_the_reason(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    made = withdraw_minutes(actor=place.actor(place.head), minutes=Minutes.objects.get(), reason="Nghỉ thai sản")

    text = text_of(print_papers([made], printed_by="x"))

    assert "thu hồi quyền truy cập" in text
    assert "biên bản số 01/2024/BB-CSDL ký ngày 05/09/2024" in text
    assert "Lý do: Nghỉ thai sản." in text
