"""Addresses of a school's pages; the authority opens the same ones."""

from django.urls import path

from csdl.portals.school import (
    class_forms,
    classes,
    imports,
    overview,
    rollover,
    staff,
    student_bulk,
    student_export,
    student_forms,
    students,
)

app_name = "school"
urlpatterns = [
    path("truong/<uuid:school>/", overview.overview, name="overview"),
    path("truong/<uuid:school>/lop/", classes.class_list, name="class-list"),
    path("truong/<uuid:school>/hoc-sinh/", students.student_list, name="student-list"),
    path("truong/<uuid:school>/hoc-sinh/hang-loat/", student_bulk.student_bulk, name="student-bulk"),
    path(
        "truong/<uuid:school>/hoc-sinh/hang-loat/<str:key>/", student_bulk.student_bulk_done, name="student-bulk-done"
    ),
    path("truong/<uuid:school>/hoc-sinh/tai-ve/", student_export.student_export, name="student-export"),
    path("truong/<uuid:school>/hoc-sinh/moi/", student_forms.student_new, name="student-new"),
    path("truong/<uuid:school>/lop/moi/", class_forms.class_new, name="class-new"),
    path("truong/<uuid:school>/can-bo/", staff.staff_list, name="staff-list"),
    path("truong/<uuid:school>/can-bo/moi/", staff.staff_new, name="staff-new"),
    path("can-bo/<uuid:staff>/", staff.staff_detail, name="staff-detail"),
    path("can-bo/<uuid:staff>/sua/", staff.staff_edit, name="staff-edit"),
    path("can-bo/<uuid:staff>/cong-tac/", staff.posting_edit, name="posting-edit"),
    path("can-bo/<uuid:staff>/thoi-lam-viec/", staff.posting_end, name="posting-end"),
    path("can-bo/<uuid:staff>/hien-so/", staff.staff_reveal, name="staff-reveal"),
    path("can-bo/<uuid:staff>/hoan-tac/", staff.staff_undo, name="staff-undo"),
    path("truong/<uuid:school>/nhap-du-lieu/", imports.import_list, name="import-list"),
    path("truong/<uuid:school>/nhap-du-lieu/mau/<slug:kind>.xlsx", imports.import_template, name="import-template"),
    path("truong/<uuid:school>/nhap-du-lieu/ca-truong/", imports.import_workbook, name="import-workbook"),
    path("lop/<uuid:school_class>/dan-danh-sach/", imports.class_paste, name="class-paste"),
    path("lop/<uuid:school_class>/", classes.class_detail, name="class-detail"),
    path("lop/<uuid:school_class>/sua/", class_forms.class_edit, name="class-edit"),
    path("lop/<uuid:school_class>/bo/", class_forms.class_remove, name="class-remove"),
    path("hoc-sinh/<uuid:student>/", students.student_detail, name="student-detail"),
    path("hoc-sinh/<uuid:student>/sua/", student_forms.student_edit, name="student-edit"),
    path("hoc-sinh/<uuid:student>/hien-so/", student_forms.student_reveal, name="student-reveal"),
    path("hoc-sinh/<uuid:student>/hoan-tac/", student_forms.student_undo, name="student-undo"),
    path("hoc-sinh/<uuid:student>/ket-qua/<int:start_year>/", student_forms.student_result, name="student-result"),
    path("hoc-sinh/<uuid:student>/nguoi-than/moi/", student_forms.guardian_new, name="guardian-new"),
    path("nguoi-than/<uuid:guardian>/sua/", student_forms.guardian_edit, name="guardian-edit"),
    path("truong/<uuid:school>/ket-chuyen/", rollover.rollover, name="rollover"),
    path("truong/<uuid:school>/ket-chuyen/ke-hoach/", rollover.rollover_plan, name="rollover-plan"),
    path("truong/<uuid:school>/ket-chuyen/ke-hoach.xlsx", rollover.rollover_xlsx, name="rollover-xlsx"),
    path("truong/<uuid:school>/ket-chuyen/ten-lop/", rollover.rollover_rename, name="rollover-rename"),
    path("truong/<uuid:school>/ket-chuyen/hoc-sinh/<uuid:student>/", rollover.rollover_pupil, name="rollover-pupil"),
    path("truong/<uuid:school>/ket-chuyen/chay/", rollover.rollover_run, name="rollover-run"),
    path("truong/<uuid:school>/ket-chuyen/viec/<uuid:job>/", rollover.rollover_job, name="rollover-job"),
    path("truong/<uuid:school>/ket-chuyen/xac-nhan/", rollover.rollover_confirm, name="rollover-confirm"),
    path("truong/<uuid:school>/ket-chuyen/hoan-tac/", rollover.rollover_undo, name="rollover-undo"),
]
