from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_trigrams_of_chinese_words_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm('水泵漏水')")
        assert len(cursor.fetchone()[0]) >= 4
