from .articles import Article
from .jargon import JargonTerm
from .playbooks import PlaybookCard
from .replies import ReplyPrint
from .templates import ReplyTemplate

__all__ = ["Article", "JargonTerm", "PlaybookCard", "ReplyPrint", "ReplyTemplate"]
