from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from .cases import Case


class CaseText(models.Model):
    """What a case is about, as words to search by: title (A), the customer's words (B), the
    expectation and what was tried (C).

    A row of its own: a case's row changes with each step, these words do not, and an index
    of words is dear to write.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="text")
    tokens = SearchVectorField()

    class Meta:
        indexes = [GinIndex(name="case_text_words", fields=["tokens"])]

    def __str__(self) -> str:
        return str(self.case_id)
