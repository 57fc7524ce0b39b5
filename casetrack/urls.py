"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from casetrack import gallery

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("casetrack.api.urls")),
    path("", include("accounts.urls")),
    path("clock/", gallery.server_clock, name="clock"),
    path("components/", gallery.components, name="components"),
]
