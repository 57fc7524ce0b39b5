from __future__ import annotations

from django.urls import path

from customers.api.views import CustomerView

urlpatterns = [
    path("customers/<str:source>/<path:external_id>/", CustomerView.as_view()),
]
