from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import absence_views, views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("preferences/", views.preferences, name="preferences"),
    path("absences/", absence_views.show, name="absences"),
    path("absences/<int:pk>/", absence_views.show, name="absences-of"),
    path("absences/<int:pk>/add/", absence_views.add, name="absence-add"),
    path("absences/<int:pk>/stand-in/", absence_views.stand_in, name="absence-stand-in"),
    path("absences/<int:pk>/<int:absence>/delete/", absence_views.delete, name="absence-delete"),
]
