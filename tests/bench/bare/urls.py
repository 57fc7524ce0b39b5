from __future__ import annotations

from django.urls import path

from tests.bench.bare.views import BareOpening

urlpatterns = [path("cases/", BareOpening.as_view())]
