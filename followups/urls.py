from __future__ import annotations

from django.urls import path

from followups.views import pages, reflections

urlpatterns = [
    path("follow-ups/", pages.follow_ups, name="follow-ups"),
    path("follow-ups/survey/", pages.send_survey, name="follow-ups-survey"),
    path("follow-ups/<case:reference>/attempt/", pages.attempt, name="follow-up-attempt"),
    path("lessons/", pages.weekly_lessons, name="lessons"),
    path("cases/<case:reference>/reflection/", reflections.reflection, name="case-reflection"),
]
