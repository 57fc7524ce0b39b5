"""The addresses of the room of knowledge."""

from __future__ import annotations

from django.urls import path

import objections.urls  # noqa: F401 - it knows how a case's reference reads in an address
from knowledge.views import articles, coach, keeping, playbooks, similar, similar_intake, templates

urlpatterns = [
    path("knowledge/", articles.listing, name="articles"),
    path("knowledge/found/", articles.found, name="articles-found"),
    path("knowledge/articles/new/", articles.new, name="article-new"),
    path("knowledge/articles/<int:pk>/", articles.show, name="article"),
    path("knowledge/articles/<int:pk>/edit/", articles.edit, name="article-edit"),
    path("knowledge/articles/<int:pk>/publish/", articles.publish, name="article-publish"),
    path("knowledge/articles/<int:pk>/retire/", articles.retire, name="article-retire"),
    path("knowledge/playbooks/", playbooks.listing, name="playbooks"),
    path("knowledge/templates/", templates.listing, name="reply-templates"),
    path("knowledge/jargon/", keeping.jargon, name="jargon"),
    path(
        "knowledge/jargon/<int:pk>/delete/",
        keeping.delete,
        {"what": "jargon"},
        name="jargon-delete",
    ),
    *(
        path(f"knowledge/{what}/{end}/", keeping.edit, {"what": what}, name=f"{what}-{name}")
        for what in keeping.KEPT
        for end, name in (("new", "new"), ("<int:pk>", "edit"))
    ),
    path("knowledge/coach/rules/", coach.rules, name="coach-rules"),
    path("knowledge/coach/alike/", coach.alike, name="coach-alike"),
    path("cases/<case:reference>/templates/", templates.for_case, name="case-templates"),
    path("cases/<case:reference>/playbook/", playbooks.of_case, name="case-playbook"),
    path("knowledge/while-typing/", similar_intake.while_typing, name="new-case-similar"),
    path(
        "cases/<case:reference>/recurrence/suggested/",
        similar_intake.for_case,
        name="case-recurrence-suggested",
    ),
    path("cases/<case:reference>/similar/", similar.similar_cases, name="case-similar"),
    path("cases/<case:reference>/lesson/", similar.lesson, name="case-lesson"),
]
