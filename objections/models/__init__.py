from .analysis import Why, Worksheet
from .cases import Case, CaseAccess
from .commitments import Commitment, HandOver
from .contacts import ContactRecord, CustomerMail
from .deadlines import Deadline, LadderRung, Pause
from .escalations import Escalation, EscalationEntry, Notice
from .links import CustomerLink, CustomerText
from .policies import Allowance, Policy, Recomputation, Rung
from .records import Evidence, Note, Verdict
from .requests import IdempotentRequest
from .searching import CaseText
from .solutions import (
    ApprovalRule,
    Option,
    RefusedDemand,
    Remedy,
    RemedyApproval,
    RemedyLimit,
    Solution,
)
from .timeline import CaseEvent
from .understanding import Question, Restatement

__all__ = [
    "Allowance",
    "ApprovalRule",
    "Case",
    "CaseAccess",
    "CaseEvent",
    "CaseText",
    "Commitment",
    "ContactRecord",
    "CustomerLink",
    "CustomerMail",
    "CustomerText",
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
    "RefusedDemand",
    "Remedy",
    "RemedyApproval",
    "RemedyLimit",
    "Restatement",
    "Rung",
    "Solution",
    "Verdict",
    "Why",
    "Worksheet",
]
