"""Addresses of the authority's pages: commune, district office, department."""

from django.urls import path

from csdl.portals.authority import accounts, files, heads, imports, rollover, schools, staff, students, units, years

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
    path("don-vi/<uuid:unit>/tai-khoan/", accounts.unit_accounts, name="unit-accounts"),
    path("don-vi/<uuid:unit>/tai-khoan/hang-loat/", accounts.account_bulk, name="account-bulk"),
    path("don-vi/<uuid:unit>/tai-khoan/mo/", accounts.account_open, name="account-open"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/", accounts.account_detail, name="account-detail"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/thu/", accounts.account_letter, name="account-letter"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/khoa/", accounts.account_lock, name="account-lock"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/mo-khoa/", accounts.account_unlock, name="account-unlock"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/hai-buoc/", accounts.account_factor, name="account-factor"),
    path("don-vi/<uuid:unit>/tai-khoan/<uuid:staff>/ten/", accounts.account_names, name="account-names"),
    path("tai-khoan-don-vi/", accounts.own_accounts, name="own-accounts"),
    path("quy-dinh-dang-nhap/", accounts.sign_in_rules, name="sign-in-rules"),
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
    path("ket-chuyen/", rollover.rollover_board, name="rollover-board"),
    path("ket-chuyen/tai-ve/", files.rollover_export, name="rollover-export"),
    path("ket-chuyen/don-vi/<uuid:unit>/", rollover.rollover_group, name="rollover-group"),
    path("ket-chuyen/don-vi/<uuid:unit>/hoan-tac/", rollover.rollover_group_undo, name="rollover-group-undo"),
    path("ket-chuyen/viec/<uuid:job>/", rollover.rollover_job, name="rollover-job"),
]
