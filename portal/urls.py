"""The one address of the customer's page. Its token is made by ``objections.links``."""

from __future__ import annotations

from django.urls import path

from portal import views

urlpatterns = [path("c/<str:token>/", views.page, name="customer-page")]
