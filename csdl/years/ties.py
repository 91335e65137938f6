"""What the years tell the units below them: which year takes writes, which classes stand at a site."""

from csdl.orgs.models import SchoolSite
from csdl.orgs.ties import register_site_tie, register_year_check
from csdl.years.enums import YearState
from csdl.years.errors import YearError
from csdl.years.models import SchoolClass, SchoolYear


def check_open(start_year: int) -> None:
    """Errors: YEAR-01 no such year; YEAR-02 it is not open."""
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None:
        raise YearError(f"Chưa mở năm học {start_year}-{start_year + 1}.", code="YEAR-01")
    if year.state != YearState.OPEN:
        raise YearError(f"Năm học {year.name} không mở để sửa số liệu. Hãy chọn năm học đang mở.", code="YEAR-02")


def classes_at(site: SchoolSite) -> list[str]:
    """Names of the classes that learn at a site."""
    rows = SchoolClass.objects.filter(site=site, start_year=site.start_year).order_by("grade_code", "sort_key")
    return [f"lớp {name}" for name in rows.values_list("name", flat=True)]


register_year_check(check_open)
register_site_tie(classes_at)
