from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from dashboards.views import board, customers, desk, notices, recurrences

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk"), name="home"),
    path("desk/", desk.show, name="desk"),
    path("desk/assign/", desk.assign, name="desk-assign"),
    path("cases/", desk.cases, name="case-list"),
    path("board/", board.show, name="board"),
    path("board/escalations/<int:pk>/take/", board.take, name="escalation-take"),
    path("board/reassign/", board.reassign, name="board-reassign"),
    path("customers/", customers.listing, name="customer-list"),
    path("customers/<int:pk>/", customers.show, name="customer"),
    path("recurrences/", recurrences.show, name="recurrences"),
    path("recurrences/compare/", recurrences.compare, name="recurrences-compared"),
    path("notices/", notices.show, name="notices"),
    path("notices/seen/", notices.seen, name="notices-seen"),
]
