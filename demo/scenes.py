"""What is on the desks and on the board right now, told from how it came about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from demo.cast import SUPERVISOR, Cast
from demo.lives import DAY, HOUR, MINUTE, Life, Moments
from demo.stories import Story, story
from demo.working_out import dig
from objections import notices, steps
from objections.actors import Actor
from objections.services import remedies
from objections.vocabulary import (
    AttemptResult,
    Channel,
    Emotion,
    PauseReason,
    RemedyKind,
    Sensitivity,
    Urgency,
)

CHEN, LIU, WANG = "chen.siyuan", "liu.yang", "wang.jiayi"
FELIX, GRACE = "felix.brandt", "grace.okafor"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where scenes are set: the cast, what time it is, and chance."""

    cast: Cast
    now: datetime
    random: Random

    def life(
        self, customer: str, told: Story, handler: str, ago: timedelta, *, mood: int = 3,
        watched: bool = True, contact: int = 0, batch: str = "",
    ) -> Life:  # fmt: skip
        return Life(
            self.cast, self.random, told, self.cast.customers[customer],
            self.cast.contacts[customer][contact], self.cast.people[handler], self.now - ago,
            mood=mood, watched=watched, batch=batch,
        )  # fmt: skip

    def to_respond(
        self, life: Life, *, after: timedelta = 6 * MINUTE, of: Life | None = None
    ) -> Moments:
        """Log it, answer at once, and have the customer agree to what was heard.

        ``of`` is whose trouble it is again.
        """
        yield from life.until(life.at)
        again = (steps.LinkRecurrence(of=of.case.reference),) if of else ()
        life.open(first=again)
        yield from life.wait(after)
        life.do(life.acknowledge())
        yield from life.wait(12 * MINUTE)
        life.do(life.restate())
        yield from life.wait(5 * MINUTE)
        life.do(life.confirm())

    def seen(self, life: Life, ago: timedelta) -> Moments:
        """The supervisor looks at what the case has told them."""
        yield from life.until(self.now - ago)
        supervisor = self.cast.people[SUPERVISOR]
        ids = list(notices.unseen(supervisor).filter(case=life.case).values_list("pk", flat=True))
        notices.mark_seen(supervisor, ids, now=life.at)


def dosing(s: Stage) -> Moments:
    """Four minutes left to call back a waterworks."""
    told = story("zh", "加药泵突然停机")
    life = s.life("苏州清泉水务", told, CHEN, 10 * MINUTE + timedelta(seconds=48), mood=4)
    yield from life.until(life.at)
    life.open(by=Actor.person(s.cast.people[WANG]))
    yield from life.rest()


def submersible(s: Stage) -> Moments:
    """A progress update that is eighteen minutes late; seen, and taken by nobody."""
    told = replace(story("zh", "潜水泵运行两小时"), urgency=Urgency.CRISIS)
    life = s.life("宁波东港造纸", told, CHEN, 3 * HOUR, watched=False)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 48 * MINUTE)
    life.do(life.update())
    yield from s.seen(life, 12 * MINUTE)
    yield from life.rest()


def impeller(s: Stage) -> Moments:
    """The customer has written, with two questions."""
    told = story("en", "Impeller does not match")
    life = s.life("Aldergrove Dairy Ltd", told, CHEN, 15 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 3 * HOUR - 22 * MINUTE)
    life.do(steps.ReceiveMessage(
        channel=Channel.EMAIL, emotion=Emotion.ANNOYED,
        message="Our fitters are here until Thursday. Can they start with revision B, and who"
        " comes back for the exchange?",
        questions=("Can they start with revision B?", "Who comes back for the exchange?"),
    ))  # fmt: skip
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def dispatch_number(s: Stage) -> Moments:
    """A promise to tell the dispatch number, due in less than an hour."""
    life = s.life("无锡太湖污水处理厂", story("zh", "备件发运单号"), CHEN, 22 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 18 * HOUR)
    what = steps.Promised(what="把备件发运单号和到货日告诉钱进", due_at=s.now + 56 * MINUTE)
    life.do(life.tell(promised=(what,)))
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def third_repair(s: Stage) -> Moments:
    """Restated; the brewer has not said yet whether we got it right."""
    told = story("en", "Replacement instead")
    life = s.life("Brauerei Lindner GmbH", told, CHEN, 5 * HOUR + 30 * MINUTE)
    yield from life.until(life.at)
    life.open()
    yield from life.wait(6 * MINUTE)
    life.do(life.acknowledge())
    yield from life.wait(24 * MINUTE)
    life.do(life.restate())
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def seal(s: Stage) -> Moments:
    """The busiest case of the demo: a plant stands still, one question is left to answer."""
    told = story("zh", "更换三周的机械密封")
    asks = (*told.asks, ("停产的损失谁承担？", "按合同第七条，由保险评估，三月底前给您书面答复。"))
    told = replace(told, asks=asks, urgency=Urgency.URGENT)
    life = s.life("江苏恒源化工", told, CHEN, 19 * HOUR + 32 * MINUTE, mood=5)
    yield from s.to_respond(life)
    yield from life.wait(20 * MINUTE)
    life.do(steps.Pause(reason=PauseReason.CUSTOMER, evidence="等客户停机后拍密封面照片"))
    yield from life.wait(75 * MINUTE)
    life.do(steps.Resume())
    yield from life.attend(s.now - 3 * HOUR)
    life.do(steps.WriteNote(text="密封面划痕和滤芯击穿的照片在服务器上，刘洋今早拍的。"),
            by=Actor.person(s.cast.people[LIU]))  # fmt: skip
    yield from life.attend(s.now - 37 * MINUTE)
    answers = tuple(
        steps.QuestionAnswered(question=number, answer=told.asks[number - 1][1])
        for number in (1, 2)
    )
    life.do(
        steps.Reply(channel=Channel.PHONE, emotion=Emotion.UPSET, answers=answers,
                    message="密封件已出库，今晚可以换。前两个问题我先说清楚，单号稍后给您。"),
        steps.Commit(what="把备件发运单号告诉周敏", due_at=s.now + 78 * MINUTE),
    )  # fmt: skip
    yield from life.until(s.now - 11 * MINUTE)
    dig(life, life.words)
    remedies.propose(
        life.case, kind=RemedyKind.FREE_SERVICE, description="免费更换双端面密封并加装过滤器",
        cost=Decimal(18400), by=life.me, now=life.at,
    )  # fmt: skip
    yield from life.rest()


BATCH = "B26-07"


def bearings(s: Stage) -> Moments:
    """The third customer with bearings of one batch; development owes an answer about it."""
    told = story("zh", "同批次轴承异响")
    first = replace(
        told, title="新泵轴承异响，车间不敢开满负荷",
        said="装了两个月的泵，轴承响得像电钻，师傅说是轴承坏了，我们不敢开满。",
        heard="新泵轴承异响，你们不敢满负荷运行。",
    )  # fmt: skip
    second = replace(
        told, title="两台泵轴承又响，和别家听说的一样",
        said="听同行说他们家的泵也是这样响，我们这两台是同一批轴承吧？",
        heard="两台泵轴承异响，您担心和别家是同一批轴承。",
    )  # fmt: skip
    earlier = s.life("昆山立信印染", first, LIU, 38 * DAY, batch=BATCH)
    yield from _solved(s, earlier, 4)
    again = s.life("绍兴金源染整", second, WANG, 17 * DAY, mood=4, batch=BATCH)
    yield from _solved(s, again, 3, of=earlier)
    life = s.life("杭州同泰制药", told, CHEN, 14 * HOUR, batch=BATCH)
    yield from s.to_respond(life, of=again)
    yield from life.attend(s.now - 3 * HOUR)
    due_at = s.now + 6 * HOUR + 10 * MINUTE
    life.do(steps.HandOver(question="这批轴承的保持架游隙要不要整批复检？",
                           department="研发二室", due_at=due_at))  # fmt: skip
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def _solved(s: Stage, life: Life, score: int, *, of: Life | None = None) -> Moments:
    """Bring a matter to its good end, in two days."""
    yield from s.to_respond(life, of=of)
    yield from life.attend(life.at + 3 * HOUR)
    life.do(life.tell())
    yield from life.attend(life.at + 20 * HOUR)
    life.do(life.carry_out())
    yield from life.until(life.at + 24 * HOUR)
    life.do(life.close(score))


def diaphragm(s: Stage) -> Moments:
    """The response stands still while the customer takes pictures."""
    told = story("en", "Diaphragm burst")
    life = s.life("Thornbury Water", told, CHEN, 15 * HOUR + 55 * MINUTE, mood=4)
    yield from s.to_respond(life)
    yield from life.attend(s.now - HOUR)
    resume_at = s.now + 4 * HOUR + 18 * MINUTE
    life.do(steps.Pause(reason=PauseReason.CUSTOMER, evidence=life.say("pause_why"),
                        resume_at=resume_at))  # fmt: skip
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def realigned(s: Stage) -> Moments:
    """Solved two days ago; tomorrow somebody asks whether it really is."""
    life = s.life("昆山立信印染", story("zh", "电机轴承异响"), CHEN, 74 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 60 * HOUR)
    life.do(life.tell())
    yield from life.attend(s.now - 44 * HOUR)
    life.do(life.carry_out())
    yield from life.rest()


def control_box(s: Stage) -> Moments:
    """Solved yesterday; the first call was not answered."""
    life = s.life("绍兴金源染整", story("zh", "控制箱进水"), CHEN, 30 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 26 * HOUR)
    life.do(life.tell())
    yield from life.attend(s.now - 21 * HOUR)
    life.do(life.carry_out())
    yield from life.until(s.now - 4 * HOUR)
    life.do(steps.RecordAttempt(channel=Channel.PHONE, result=AttemptResult.NO_ANSWER,
                                words="响铃没人接。"))  # fmt: skip
    yield from life.rest()


def brakes(s: Stage) -> Moments:
    """Nobody has called back yet, and it has climbed to the manager."""
    told = story("en", "Rear brakes failed")
    life = s.life("成都 Green Wheels", told, FELIX, 37 * MINUTE, mood=5, watched=False, contact=1)
    yield from life.until(life.at)
    life.open(by=Actor.program(s.cast.client), channel=Channel.WEB, external_id="W-482117")
    yield from life.rest()


def wear_rings(s: Stage) -> Moments:
    """Not satisfied a second time: a persistent objection, seen and taken by nobody."""
    told = story("en", "Price of the wear-ring kit")
    life = s.life("Aldergrove Dairy Ltd", told, WANG, 6 * DAY)
    unhappy = ("The yearly contract is no answer to the price.",
               "The cast-iron rings cost more than last year, too.")  # fmt: skip
    yield from s.to_respond(life)
    hours = ((140, 136, 76), (73, 70, 2.2))
    for (told_, done, asked), words in zip(hours, unhappy, strict=True):
        yield from life.attend(s.now - told_ * HOUR)
        life.do(life.tell())
        yield from life.attend(s.now - done * HOUR)
        life.do(life.carry_out())
        life.watched = asked > 70
        yield from life.until(s.now - asked * HOUR)
        life.do(steps.NotSatisfied(still_open=words, score=2, channel=Channel.PHONE,
                                   emotion=Emotion.UPSET))  # fmt: skip
    yield from s.seen(life, HOUR + 52 * MINUTE)
    yield from life.rest()


def at_the_bar(s: Stage) -> Moments:
    """Just came in: eleven minutes left."""
    told = replace(
        story("en", "Bottom bracket clicks"), title="Rear brake went to the bar",
        said="The rear brake went straight to the bar at the lights. Can I ride it at all?",
        asks=(("Can I ride it at all?", "Please do not: we collect it today."),),
        heard="The rear brake has no pressure, and you must not ride.", urgency=Urgency.URGENT,
    )  # fmt: skip
    life = s.life("H. Whitfield", told, GRACE, 4 * MINUTE, mood=4)
    yield from life.until(life.at)
    life.open()
    yield from life.rest()


def guard(s: Stage) -> Moments:
    """A message that must be answered within a quarter of an hour."""
    told = replace(
        story("en", "Crate without lifting marks"), title="Coupling guard missing on delivery",
        said="The pump came without its coupling guard. We may not start it like this.",
        asks=(), heard="The coupling guard is missing, so the pump may not start.",
    )  # fmt: skip
    life = s.life("Thornbury Water", told, LIU, 10 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 3 * HOUR - 44 * MINUTE)
    life.do(steps.ReceiveMessage(channel=Channel.EMAIL, emotion=Emotion.UPSET,
                                 message="Is the guard on its way, yes or no?"))  # fmt: skip
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def cold_display(s: Stage) -> Moments:
    """The test report was promised, and is due within the hour."""
    life = s.life("Rhein-Bike Verleih", story("en", "Display shows wrong range"), FELIX, 13 * HOUR)
    yield from s.to_respond(life)
    yield from life.attend(s.now - 9 * HOUR)
    what = steps.Promised(what="Send Katja Vogt the report of the cold test",
                          due_at=s.now + 44 * MINUTE)  # fmt: skip
    life.do(life.tell(chosen=None, promised=(what,)))
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def nobodys(s: Stage, customer: str, told: Story, ago: timedelta, number: str) -> Moments:
    """A case that a program has brought, and that nobody has yet."""
    life = s.life(customer, told, GRACE, ago, mood=1)
    yield from life.until(life.at)
    life.open(by=Actor.program(s.cast.client), channel=Channel.WEB, assigned=False,
              external_id=number)  # fmt: skip
    yield from life.rest()


def boxes(s: Stage) -> Moments:
    told = story("en", "May we mount insulated boxes")
    yield from nobodys(s, "Parcel Pedal Co-op", told, 35 * MINUTE, "W-482120")


def grateful(s: Stage) -> Moments:
    yield from nobodys(s, "合肥新桥食品", story("zh", "感谢夜里"), 50 * MINUTE, "W-482119")


def summer_parts(s: Stage) -> Moments:
    told = story("zh", "想了解夏季保养")
    yield from nobodys(s, "杭州同泰制药", told, 22 * MINUTE, "W-482121")


def charger(s: Stage) -> Moments:
    """A matter that only the people named on it may see."""
    life = s.life("厦门环岛骑行", story("zh", "充电器发烫"), WANG, 7 * HOUR, mood=5)
    life.sensitivity = Sensitivity.RESTRICTED
    yield from s.to_respond(life)
    yield from life.attend(s.now, clear=2 * HOUR)
    yield from life.rest()


def lapsed(s: Stage) -> Moments:
    """Taken, not done in the time that was named, and taken again one level higher."""
    life = s.life("Harlow Paper Mills", story("en", "Submersible trips"), LIU, 9 * DAY, mood=4)
    life.hold = (25 * MINUTE, 40 * MINUTE)
    yield from life.until(life.at)
    life.open()
    yield from life.wait(2 * HOUR)
    life.do(life.acknowledge(), life.restate(), life.confirm())
    yield from life.attend(life.at + 3 * HOUR)
    life.do(life.tell())
    yield from life.attend(life.at + 5 * HOUR)
    life.do(life.carry_out())
    yield from life.until(life.at + 50 * HOUR)
    life.do(life.close(3))


def said_twice(s: Stage) -> Moments:
    """It was worse than it sounded, and came in a second time by e-mail: one case of two."""
    told = story("zh", "变频后电机温度偏高")
    life = s.life("昆山立信印染", told, LIU, 12 * DAY, mood=4)
    yield from s.to_respond(life)
    life.do(steps.Reclassify(urgency=Urgency.URGENT, reason="客户说每两小时跳闸一次，整条线停着等"))
    again = s.life("昆山立信印染", told, LIU, 12 * DAY - HOUR, mood=4)
    yield from life.until(again.at)
    again.open(channel=Channel.EMAIL)
    yield from life.wait(9 * MINUTE)
    told_them = "邮件也收到了，和您电话里说的是同一台电机，我们一起处理，有进展先打电话给您。"
    life.do(steps.UpdateProgress(channel=Channel.PHONE, message=told_them))
    again.at = life.at
    again.do(
        steps.Merge(into=life.case.reference, reason="同一台电机的同一件事，客户又发了一封邮件")
    )
    yield from life.attend(life.at + 3 * HOUR)
    life.do(life.tell())
    yield from life.attend(life.at + 20 * HOUR)
    life.do(life.carry_out())
    yield from life.until(life.at + 40 * HOUR)
    life.do(life.close(4))


SCENES: tuple[Callable[[Stage], Moments], ...] = (
    dosing, submersible, impeller, dispatch_number, third_repair, seal, bearings, diaphragm,
    realigned, control_box, brakes, wear_rings, at_the_bar, guard, cold_display, boxes, grateful,
    summer_parts, charger, lapsed, said_twice,
)  # fmt: skip
