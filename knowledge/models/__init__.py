from .articles import Article, ArticleChange
from .jargon import JargonTerm
from .playbooks import PlaybookCard
from .replies import ReplyPrint
from .templates import ReplyTemplate

__all__ = ["Article", "ArticleChange", "JargonTerm", "PlaybookCard", "ReplyPrint", "ReplyTemplate"]
