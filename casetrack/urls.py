"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from casetrack import gallery, health, metrics, sandbox
from casetrack.health import pages as timers

admin.site.site_header = admin.site.site_title = "Casetrack"

urlpatterns = [
    path("admin/timers/", timers.administration_view, name="admin-timers"),
    path("admin/timers/<slug:table>/<int:pk>/again/", timers.again_view, name="admin-timers-again"),
    path("admin/", admin.site.urls),
    path("api/", include("casetrack.api.urls")),
    path("", include("accounts.urls")),
    path("", include("dashboards.urls")),
    path("", include("objections.urls")),
    path("", include("portal.urls")),
    path("", include("followups.urls")),
    path("", include("integrations.urls")),
    path("", include("knowledge.urls")),
    path("", include("practice.urls")),
    path("", include("reports.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/timers", health.timers_health, name="healthz-timers"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("timers/", timers.timers, name="timers"),
    path("sandbox/advance/", sandbox.advance_view, name="sandbox-advance"),
    path("clock/", gallery.server_clock, name="clock"),
    path("components/", gallery.components, name="components"),
]

handler400 = "casetrack.failures.bad_request"
handler500 = "casetrack.failures.server_error"
