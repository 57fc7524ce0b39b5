"""One story, told once, and walked in the browser and over REST, in English and in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from objections.models import Case, CaseEvent

IDENTITIES = {"proof", "contact", "deadline", "subject", "handler", "before", "taker", "evidence"}
INSTANTS = {"due_at", "until", "next_by", "was", "resume_at", "took_place_at"}


@dataclass(frozen=True)
class Story:
    """What the customer and we say. ``partner`` is the customer's person."""

    language: str
    customer: str
    partner: str
    statement: str
    question: str
    acknowledged: str
    next_step: str
    taken: str
    restatement: str
    interest: str
    agreed: str
    told: str
    cause: str
    answer: str
    options: tuple[str, str]
    choice: str
    proof: str
    content: str
    lesson: str
    board: str
    late: str


ENGLISH = Story(
    language="en",
    customer="Aldergrove Dairy Ltd",
    partner="Nora Whelan",
    statement="The impeller you sent is 2 mm larger than the drawing. Our line waits.",
    question="May we fit it all the same?",
    acknowledged="Thank you for measuring it. You cannot fit it and the line waits; is that so?",
    next_step="I ask engineering which drawing holds, and call you within the hour",
    taken="I call Ms Whelan myself and stop the dispatch of this batch",
    restatement="The impeller is larger than drawing C, and you may not fit it unasked.",
    interest="The line runs again before the milk comes tomorrow.",
    agreed="Yes, that is exactly it.",
    told="Drawing D applies; the part is right, the drawing you have is old. Do not fit it yet.",
    cause="An old drawing was sent with the part",
    answer="Yes, with the wear ring of drawing D, which is on its way.",
    options=("Send the wear ring tonight", "Take the impeller back"),
    choice="The ring tonight, please.",
    proof="Nora Whelan saw the pump run at 06:10 with the new ring",
    content="It runs. Thank you for calling back.",
    lesson="Send drawing and part together",
    board="Escalation board",
    late="late",
)
CHINESE = Story(
    language="zh-hans",
    customer="昆山立信印染",
    partner="沈小芸",
    statement="电机轴承又响了，才换了一个月，整条线都不敢开。",
    question="是不是轴承本身有问题？",
    acknowledged="谢谢您马上告诉我们。轴承又响，线不敢开，我听明白了，对吗？",
    next_step="我去查这一批轴承的记录，一小时内给您回电",
    taken="我亲自打电话给沈小芸，并封存这一批轴承",
    restatement="新换的轴承一个月又响，您担心整条线停产。",
    interest="月底交货之前，线不能停。",
    agreed="对，就是这个意思。",
    told="原因查明：安装时对中偏了。两个办法供您选。",
    cause="安装时对中偏差 0.2 毫米",
    answer="轴承没有问题，对中偏了才会响。",
    options=("今晚上门重新对中", "换一台备用电机"),
    choice="今晚来对中吧。",
    proof="沈小芸 23:00 在现场看到振动降到 1.2 毫米每秒",
    content="不响了，谢谢你们当晚就来。",
    lesson="换轴承后必须复测对中",
    board="升级看板",
    late="逾期",
)
STORIES = (ENGLISH, CHINESE)


def told_by(case: Case) -> list[tuple[str, str, dict[str, Any]]]:
    """Return a case's timeline without what two walks may differ in.

    Left out: identities, who acted, and instants, for the walks take place one after the
    other. Kept: what happened, in which order, and every word.
    """
    left_out = IDENTITIES | INSTANTS
    return [
        (
            event.kind,
            "clock" if event.actor_kind == "system" else "somebody",
            {key: value for key, value in event.data.items() if key not in left_out},
        )
        for event in CaseEvent.objects.filter(case=case).order_by("occurred_at", "pk")
    ]
