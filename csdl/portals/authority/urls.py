"""Addresses of the authority's pages: commune, district office, department."""

from django.urls import path

from csdl.portals.authority import (
    consolidations,
    files,
    heads,
    imports,
    reports,
    rollover,
    schools,
    staff,
    students,
    units,
    years,
)

app_name = "authority"
urlpatterns = [
    path("don-vi/", units.unit_list, name="unit-list"),
    path("don-vi/tai-ve/", files.unit_export, name="unit-export"),
    path("don-vi/<uuid:unit>/", units.unit_detail, name="unit-detail"),
    path("don-vi/<uuid:unit>/thu-truong/", heads.unit_heads, name="unit-heads"),
    path("don-vi/<uuid:unit>/thu-truong/moi/", heads.head_new, name="head-new"),
    path("don-vi/<uuid:unit>/thu-truong/hoan-tac/", heads.head_undo, name="head-undo"),
    path("don-vi/<uuid:unit>/thu-truong/<int:head>/sua/", heads.head_edit, name="head-edit"),
    path("don-vi/<uuid:unit>/thu-truong/<int:head>/rut/", heads.head_withdraw, name="head-withdraw"),
    path("truong/", schools.school_list, name="school-list"),
    path("truong/tai-ve/", files.school_export, name="school-export"),
    path("nhap-du-lieu/", imports.import_list, name="import-list"),
    path("nhap-du-lieu/mau/<slug:kind>.xlsx", imports.import_template, name="import-template"),
    path("hoc-sinh/", students.student_list, name="student-list"),
    path("hoc-sinh/tai-ve/", files.student_export, name="student-export"),
    path("can-bo/", staff.staff_list, name="staff-list"),
    path("nam-hoc/", years.year_list, name="year-list"),
    path("nam-hoc/mo/", years.year_open, name="year-open"),
    path("nam-hoc/<int:start_year>/hien-tai/", years.year_make_current, name="year-make-current"),
    path("nam-hoc/<int:start_year>/khoa/", years.year_close, name="year-close"),
    path("nam-hoc/<int:start_year>/mo-lai/", years.year_reopen, name="year-reopen"),
    path("bao-cao/", reports.report_board, name="report-board"),
    path("bao-cao/nhac/", reports.report_remind, name="report-remind"),
    path("bao-cao/duyet/", reports.report_accept_many, name="report-accept-many"),
    path("bao-cao/khac-thuong/", reports.report_outliers, name="report-outliers"),
    path("bao-cao/mo-ky/", reports.report_period_new, name="report-period-new"),
    path("bao-cao/<slug:period>/cai-dat/", reports.report_settings, name="report-settings"),
    path("bao-cao/<slug:period>/gia-han/<uuid:unit>/", reports.report_extend, name="report-extend"),
    path("bao-cao/<slug:period>/tong-hop/", consolidations.consolidation_list, name="report-consolidations"),
    path("bao-cao/<slug:period>/tong-hop/lap/", consolidations.consolidation_make, name="report-consolidation-make"),
    *(
        path(f"bao-cao/<slug:period>/tong-hop/<uuid:unit>/<slug:level>/{address}", view, name=name)
        for address, view, name in (
            ("", consolidations.consolidation_detail, "report-consolidation"),
            ("ky/", consolidations.consolidation_sign, "report-consolidation-sign"),
            ("chuyen/", consolidations.consolidation_move, "report-consolidation-move"),
            ("bieu/<slug:form>/", consolidations.consolidation_form, "report-consolidation-form"),
            ("bieu/<slug:form>/o/<str:cell>/", consolidations.consolidation_cell, "report-consolidation-cell"),
        )
    ),
    path("ket-chuyen/", rollover.rollover_board, name="rollover-board"),
    path("ket-chuyen/tai-ve/", files.rollover_export, name="rollover-export"),
    path("ket-chuyen/don-vi/<uuid:unit>/", rollover.rollover_group, name="rollover-group"),
    path("ket-chuyen/don-vi/<uuid:unit>/hoan-tac/", rollover.rollover_group_undo, name="rollover-group-undo"),
    path("ket-chuyen/viec/<uuid:job>/", rollover.rollover_job, name="rollover-job"),
]
