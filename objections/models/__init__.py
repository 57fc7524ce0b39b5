from .cases import Case, CaseAccess
from .commitments import Commitment, HandOver
from .contacts import ContactRecord, CustomerMail
from .deadlines import Deadline, LadderRung, Pause
from .escalations import Escalation, EscalationEntry, Notice
from .policies import Allowance, Policy, Recomputation, Rung
from .records import Evidence, Note, Verdict
from .requests import IdempotentRequest
from .solutions import Option, Remedy, RemedyLimit, Solution
from .timeline import CaseEvent
from .understanding import Question, Restatement

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
    "Recomputation",
    "Remedy",
    "RemedyLimit",
    "Restatement",
    "Rung",
    "Solution",
    "Verdict",
]
