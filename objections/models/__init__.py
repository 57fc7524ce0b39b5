from .cases import Case, CaseAccess
from .deadlines import Deadline, LadderRung, Pause
from .escalations import Escalation, EscalationEntry, Notice
from .policies import Allowance, Policy, Rung, Unit
from .requests import IdempotentRequest
from .timeline import CaseEvent
from .work import (
    Commitment,
    ContactRecord,
    CustomerMail,
    Evidence,
    HandOver,
    Note,
    Option,
    Question,
    Remedy,
    RemedyLimit,
    Restatement,
    Solution,
    Verdict,
)

__all__ = [
    "Allowance",
    "Case",
    "CaseAccess",
    "CaseEvent",
    "Commitment",
    "ContactRecord",
    "CustomerMail",
    "Deadline",
    "Escalation",
    "EscalationEntry",
    "Evidence",
    "HandOver",
    "IdempotentRequest",
    "LadderRung",
    "Note",
    "Notice",
    "Option",
    "Pause",
    "Policy",
    "Question",
    "Remedy",
    "RemedyLimit",
    "Restatement",
    "Rung",
    "Solution",
    "Unit",
    "Verdict",
]
