"""Addresses of what every unit has."""

from django.urls import path

from csdl.portals.desk import clock, columns, documents, gallery, help, home, imports, jobs, search

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("tim-kiem/", search.search, name="search"),
    path("cong-viec/", jobs.job_list, name="job-list"),
    path("cong-viec/<uuid:job>/", jobs.job_detail, name="job-detail"),
    path("cong-viec/<uuid:job>/tep/", jobs.job_file, name="job-file"),
    path("tro-giup/", help.contents, name="help"),
    path("tro-giup/<slug:topic>/", help.topic, name="help-topic"),
    path("lan-nhap/<uuid:run>/", imports.import_run, name="import-run"),
    path("lan-nhap/<uuid:run>/cot/", imports.import_columns, name="import-columns"),
    path("lan-nhap/<uuid:run>/dong/", imports.import_rows, name="import-rows"),
    path("lan-nhap/<uuid:run>/ghi/", imports.import_apply, name="import-apply"),
    path("lan-nhap/<uuid:run>/doc-lai/", imports.import_replan, name="import-replan"),
    path("lan-nhap/<uuid:run>/hoan-tac/", imports.import_undo, name="import-undo"),
    path("lan-nhap/<uuid:run>/loi.xlsx", imports.import_faults, name="import-faults"),
    path("don-vi/<uuid:unit>/van-ban/", documents.document_list, name="document-list"),
    path("don-vi/<uuid:unit>/van-ban/moi/", documents.document_new, name="document-new"),
    path("van-ban/<uuid:document>/", documents.document_detail, name="document-detail"),
    path("van-ban/<uuid:document>/tep/", documents.document_file, name="document-file"),
    path("van-ban/<uuid:document>/sua/", documents.document_edit, name="document-edit"),
    path("van-ban/<uuid:document>/ban-ky/", documents.document_sign, name="document-sign"),
    path("van-ban/<uuid:document>/thay-the/", documents.document_replace, name="document-replace"),
    path("van-ban/<uuid:document>/thu-hoi/", documents.document_withdraw, name="document-withdraw"),
    path("thanh-phan/", gallery.gallery, name="gallery"),
    path("cot/<slug:list_name>/", columns.column_choice, name="column-choice"),
    path("dong-ho/", clock.clock_move, name="clock-move"),
]
