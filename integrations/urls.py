from __future__ import annotations

from django.urls import path

from integrations import quiet_views, views

urlpatterns = [
    path("quiet-hours/", quiet_views.quiet_hours, name="quiet-hours"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.read_mail, name="mailbox-mail"),
    path("mailbox/<int:pk>/bounce/", views.bounce, name="mailbox-bounce"),
]
