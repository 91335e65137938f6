"""Addresses of the authority's pages: commune, district office, department."""

from django.urls import path

from csdl.portals.authority import files, rollover, schools, students, units, years

app_name = "authority"
urlpatterns = [
    path("don-vi/", units.unit_list, name="unit-list"),
    path("don-vi/tai-ve/", files.unit_export, name="unit-export"),
    path("don-vi/<uuid:unit>/", units.unit_detail, name="unit-detail"),
    path("truong/", schools.school_list, name="school-list"),
    path("truong/tai-ve/", files.school_export, name="school-export"),
    path("hoc-sinh/", students.student_list, name="student-list"),
    path("hoc-sinh/tai-ve/", files.student_export, name="student-export"),
    path("nam-hoc/", years.year_list, name="year-list"),
    path("nam-hoc/mo/", years.year_open, name="year-open"),
    path("nam-hoc/<int:start_year>/hien-tai/", years.year_make_current, name="year-make-current"),
    path("nam-hoc/<int:start_year>/khoa/", years.year_close, name="year-close"),
    path("nam-hoc/<int:start_year>/mo-lai/", years.year_reopen, name="year-reopen"),
    path("ket-chuyen/", rollover.rollover_board, name="rollover-board"),
    path("ket-chuyen/tai-ve/", files.rollover_export, name="rollover-export"),
    path("ket-chuyen/don-vi/<uuid:unit>/", rollover.rollover_group, name="rollover-group"),
    path("ket-chuyen/don-vi/<uuid:unit>/hoan-tac/", rollover.rollover_group_undo, name="rollover-group-undo"),
    path("ket-chuyen/viec/<uuid:job>/", rollover.rollover_job, name="rollover-job"),
]
