"""Addresses of the language and furigana switches; include them at the root: `path("", include("dokodemo.kernel.ui.urls"))`."""

from django.urls import path

from dokodemo.kernel.ui import views

app_name = "ui"
urlpatterns = [
    path("language/<slug:lang>", views.language, name="language"),
    path("furigana/<slug:state>", views.furigana, name="furigana"),
]
