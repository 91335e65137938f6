"""Addresses of what every unit has."""

from django.urls import path

from csdl.portals.desk import clock, columns, gallery, help, home, jobs, search

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("tim-kiem/", search.search, name="search"),
    path("cong-viec/", jobs.job_list, name="job-list"),
    path("cong-viec/<uuid:job>/", jobs.job_detail, name="job-detail"),
    path("tro-giup/", help.contents, name="help"),
    path("tro-giup/<slug:topic>/", help.topic, name="help-topic"),
    path("thanh-phan/", gallery.gallery, name="gallery"),
    path("cot/<slug:list_name>/", columns.column_choice, name="column-choice"),
    path("dong-ho/", clock.clock_move, name="clock-move"),
]
