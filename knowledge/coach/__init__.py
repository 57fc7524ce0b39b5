"""The reply coach: reads a draft before it is sent and points at what would hurt.

Pure: it asks no database and sends nothing. The rules are data (``rules.json``), read here and
by the browser's own edition of this engine in ``static/casetrack/coach-engine.js``.

    findings = review(Draft("We will look into it soon.", contact="Zhou Min"))
    for finding in findings:
        sentence(finding), why(finding), better(finding)
"""

from knowledge.coach.drafts import AnyTerm, Draft, Finding, Likeness, Term
from knowledge.coach.engine import review
from knowledge.coach.sentences import better, sentence, why

__all__ = [
    "AnyTerm",
    "Draft",
    "Finding",
    "Likeness",
    "Term",
    "better",
    "review",
    "sentence",
    "why",
]
