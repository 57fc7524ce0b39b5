"""The addresses of practice. A rehearsal of somebody else, not shared, does not exist."""

from __future__ import annotations

from django.urls import path

from practice import views

urlpatterns = [
    path("practice/", views.home, name="practice"),
    path("practice/start/", views.start, name="practice-start"),
    path("practice/<int:pk>/", views.show, name="rehearsal"),
    path("practice/<int:pk>/steps/<slug:action>/", views.take, name="rehearsal-step"),
    path("practice/<int:pk>/wait/", views.wait, name="rehearsal-wait"),
    path("practice/<int:pk>/end/", views.end, name="rehearsal-end"),
    path("practice/<int:pk>/share/", views.share, name="rehearsal-share"),
]
