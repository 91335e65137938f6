"""Kinds of unit, as the letter of the department names them (seed-analysis §2) and as they are since 1/7/2025."""

from django.db import models

__all__ = ["TEACHING_KINDS", "UnitKind"]


class UnitKind(models.TextChoices):
    DEPARTMENT = "department", "Sở Giáo dục và Đào tạo"
    DEPARTMENT_DIVISION = "department_division", "Phòng chuyên môn, nghiệp vụ thuộc Sở"
    DISTRICT_OFFICE = "district_office", "Phòng Giáo dục và Đào tạo"
    COMMUNE_COMMITTEE = "commune_committee", "Ủy ban nhân dân cấp xã"
    SCHOOL = "school", "Trường"
    CONTINUING_CENTRE = "continuing_education_centre", "Trung tâm giáo dục thường xuyên"
    VOCATIONAL_CENTRE = "vocational_continuing_centre", "Trung tâm GDNN-GDTX"
    CAREER_CENTRE = (
        "career_orientation_centre",
        "Trung tâm kỹ thuật tổng hợp - hướng nghiệp",
    )
    SPECIAL_SCHOOL = "special_school", "Trường chuyên biệt"
    INDEPENDENT_GROUP = "independent_nursery_group", "Nhóm trẻ, lớp mẫu giáo độc lập"


TEACHING_KINDS = frozenset(
    {
        UnitKind.SCHOOL,
        UnitKind.CONTINUING_CENTRE,
        UnitKind.VOCATIONAL_CENTRE,
        UnitKind.CAREER_CENTRE,
        UnitKind.SPECIAL_SCHOOL,
        UnitKind.INDEPENDENT_GROUP,
    }
)
