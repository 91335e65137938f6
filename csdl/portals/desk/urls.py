"""Addresses of what every unit has."""

from django.urls import path

from csdl.portals.desk import account, clock, columns, gallery, help, home, imports, jobs, search

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("tim-kiem/", search.search, name="search"),
    path("cong-viec/", jobs.job_list, name="job-list"),
    path("cong-viec/<uuid:job>/", jobs.job_detail, name="job-detail"),
    path("tro-giup/", help.contents, name="help"),
    path("tro-giup/<slug:topic>/", help.topic, name="help-topic"),
    path("lan-nhap/<uuid:run>/", imports.import_run, name="import-run"),
    path("lan-nhap/<uuid:run>/cot/", imports.import_columns, name="import-columns"),
    path("lan-nhap/<uuid:run>/dong/", imports.import_rows, name="import-rows"),
    path("lan-nhap/<uuid:run>/ghi/", imports.import_apply, name="import-apply"),
    path("lan-nhap/<uuid:run>/doc-lai/", imports.import_replan, name="import-replan"),
    path("lan-nhap/<uuid:run>/hoan-tac/", imports.import_undo, name="import-undo"),
    path("lan-nhap/<uuid:run>/loi.xlsx", imports.import_faults, name="import-faults"),
    path("tai-khoan/", account.account, name="account"),
    path("tai-khoan/phien/ket-thuc/", account.session_end, name="session-end"),
    path("tai-khoan/xac-nhan/", account.second_factor_confirm, name="second-factor-confirm"),
    path("kich-hoat/", account.activation, name="activation"),
    path("kich-hoat/mat-khau/", account.activation_password, name="activation-password"),
    path("kich-hoat/xong/", account.activation_done, name="activation-done"),
    path("thanh-phan/", gallery.gallery, name="gallery"),
    path("cot/<slug:list_name>/", columns.column_choice, name="column-choice"),
    path("dong-ho/", clock.clock_move, name="clock-move"),
]
