from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, Product
from integrations.importing import running
from objections import steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, CaseEvent, Deadline, Escalation, Notice
from objections.openings import Opening
from objections.services import history
from objections.services.cases import open_case
from objections.services.history import place_historical
from objections.services.stepping import take_step
from objections.vocabulary import ClockMode, EventKind, Stage
from tests.conftest import People
from tests.integrations.importing.conftest import HEADER, Bring
from tests.stories import opening
from timekeeping import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
Export = Callable[..., Path]
COMPLAINTS = Path(__file__).parents[4] / "shared" / "data" / "car_complaints_2020-06.csv"
MAPPING = Path(__file__).parents[3] / "docs" / "examples" / "car-complaints-mapping.toml"


def refused(said: list[str]) -> list[str]:
    return [line for line in said if ": refused: " in line]


def test_rows_become_historical_cases_and_nothing_rings(export: Export, bring: Bring) -> None:
    path = export("A1,The seal leaks,2020/6/8", "A2,It rattles,2020-06-08T10:00:00Z")
    assert bring(path)[-1] == "2 created, 0 updated, 0 unchanged, 0 refused"
    first, second = Case.objects.order_by("pk")
    assert (first.source, first.external_id, first.statement) == ("export", "A1", "The seal leaks")
    assert first.received_at == datetime(2020, 6, 7, 16, tzinfo=UTC)
    assert second.received_at == datetime(2020, 6, 8, 10, tzinfo=UTC)
    assert {case.clock_mode for case in (first, second)} == {ClockMode.HISTORICAL}
    assert sweep(now=clock.now() + timedelta(days=400)) == 0
    assert not Deadline.objects.overdue(clock.now()).exists()
    assert not Notice.objects.exists()
    assert not Escalation.objects.exists()


def test_every_field_arrives_where_it_belongs(export: Export, bring: Bring) -> None:
    path = export(
        "7,Leaks,2020/6/8,Hydra,CP,80-250,S-1,\"H93,H15,\",done,Hengyuan,ON_SITE,Inquiry,Urgent",
        header=f"{HEADER},brand,product,model,serial,symptom_codes,status,customer,channel,kind,"
        "urgency",
    )  # fmt: skip
    bring(path, "--source", "old-crm", "--stage", "done=closed")
    case = Case.objects.get(source="old-crm", external_id="7")
    assert (case.product and (case.product.brand, case.product.model)) == ("Hydra", "CP 80-250")
    assert (case.serial, case.symptom_codes) == ("S-1", ["H93", "H15"])
    assert (case.customer and case.customer.name) == "Hengyuan"
    assert (case.channel, case.kind, case.urgency) == ("on_site", "inquiry", "urgent")
    assert (case.stage, case.closed_at) == (Stage.CLOSED, case.received_at)


@pytest.mark.parametrize("stage", [s for s in Stage if s is not Stage.MERGED])
def test_a_status_puts_the_case_into_its_stage_and_what_lies_behind_is_void(
    export: Export, bring: Bring, stage: Stage
) -> None:
    path = export("1,Words,2020/6/8,done", header=f"{HEADER},status")
    bring(path, "--stage", f"done={stage}")
    case = Case.objects.get()
    assert (case.stage, case.is_open) == (stage, stage in ("listen", "confirm", "respond",
                                                           "follow_up"))  # fmt: skip
    running_ones = {d.promise for d in case.deadlines.all() if d.is_running}
    owed = {
        "listen": {"acknowledgement", "response"}, "confirm": {"response"}, "respond": {"response"},
    }  # fmt: skip
    assert running_ones == owed.get(stage, set())
    [event] = case.events.filter(kind=EventKind.IMPORTED)
    assert (event.actor_kind, event.data["stage"]) == ("system", stage)


def test_a_status_that_nobody_mapped_is_refused_unless_there_is_a_stage_for_the_rest(
    export: Export, bring: Bring
) -> None:
    path = export("1,Words,2020/6/8,odd", "2,Words,2020/6/8,closed", header=f"{HEADER},status")
    said = bring(path)
    [line] = refused(said)
    assert line.startswith("line 2: refused: status: which stage “odd” stands for")
    assert Case.objects.get().stage == Stage.CLOSED
    bring(path, "--stage", "*=respond")
    assert Case.objects.get(external_id="1").stage == Stage.RESPOND


def test_bad_rows_are_named_by_line_and_reason_and_the_rest_goes_on(
    export: Export, bring: Bring
) -> None:
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    path = export(
        '1,"first line\nsecond line",2020/6/8',
        "2,Bad date,08/06/2020",
        "3,,2020/6/8",
        ",No number,2020/6/8",
        f"5,From the future,{tomorrow}",
        "1,Twice,2020/6/8",
        "7,NUL \0 inside,2020/6/8",
        "8,Too few",
        f"{'9' * 121},Long number,2020/6/8",
        "10,Good,2020/6/8",
    )
    said = bring(path)
    assert [(line.split(":")[0], line.split(": ", 2)[2][:30]) for line in refused(said)] == [
        ("line 4", "received_at: “08/06/2020” is n"),
        ("line 5", "statement: is empty"),
        ("line 6", "external_id: is empty"),
        ("line 7", f"received_at: “{tomorrow}” lies"),
        ("line 8", "external_id: “1” stands in lin"),
        ("line 9", "a cell holds a NUL character"),
        ("line 10", "2 cells where the header has 3"),
        ("line 11", "external_id: is longer than 12"),
    ]
    assert said[-1] == "2 created, 0 updated, 0 unchanged, 8 refused"
    assert set(Case.objects.values_list("external_id", flat=True)) == {"1", "10"}
    assert Case.objects.get(external_id="1").statement == "first line\nsecond line"


def test_words_are_kept_as_they_are(export: Export, bring: Bring) -> None:
    long = "漏" * 10_000
    formula = '=HYPERLINK("http://x";1)'
    path = export(
        '1,"=HYPERLINK(""http://x"";1)",2020/6/8', f"2,{long},2020/6/8", "3,😡👍🏽 +1,2020/6/8",
        '4,"-2+3",2020/6/8', "5,<script>alert(1)</script>,2020/6/8",
    )  # fmt: skip
    assert bring(path)[-1].startswith("5 created")
    words = dict(Case.objects.values_list("external_id", "statement"))
    assert words == {
        "1": formula, "2": long, "3": "😡👍🏽 +1", "4": "-2+3", "5": "<script>alert(1)</script>",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_out_and_said(export: Export, bring: Bring, encoding: str) -> None:
    path = export("1,机械密封再次泄漏，二号线停机了,2020/6/8", encoding=encoding, end="\r\n")
    said = bring(path)
    assert said[0] == f"Encoding: {encoding} (found out)"
    assert Case.objects.get().statement == "机械密封再次泄漏，二号线停机了"


def test_bytes_of_another_encoding_spoil_their_own_row(export: Export, bring: Bring) -> None:
    path = export("1,机械密封再次泄漏,2020/6/8")
    path.write_bytes(path.read_bytes() + "2,轴承异响,2020/6/8\n".encode("gb18030"))
    said = bring(path, "--encoding", "utf-8")
    assert refused(said) == ["line 3: refused: a cell holds bytes that are not utf-8"]
    assert Case.objects.count() == 1


def test_a_semicolon_file_with_foreign_columns_needs_only_a_mapping(
    export: Export, bring: Bring
) -> None:
    path = export(
        "1;Es leckt, immer noch;2020-06-08;x", header="Nr;Text;Datum;Lager", encoding="cp1252"
    )
    said = bring(path, "--map", "external_id=Nr", "--map", "statement=Text",
                 "--map", "received_at=Datum", "--set", "kind=objection", "--set", "brand=Vela",
                 "--zone", "Europe/Berlin")  # fmt: skip
    assert "Columns not used: Lager" in said
    case = Case.objects.get()
    assert (case.kind, str(case.product)) == ("objection", "Vela")
    assert case.received_at == datetime(2020, 6, 7, 22, tzinfo=UTC)


def test_a_mapped_customer_or_channel_may_not_be_empty_but_need_not_be_mapped(
    export: Export, bring: Bring
) -> None:
    path = export("1,Words,2020/6/8,,phone", "2,Words,2020/6/8,Hengyuan,",
                  "3,Words,2020/6/8,Hengyuan,fax", header=f"{HEADER},customer,channel")  # fmt: skip
    assert [line.partition(": refused: ")[2] for line in refused(bring(path))] == [
        "customer: is empty",
        "channel: is empty",
        "channel: “fax” is none of phone, email, web, chat, social, on_site",
    ]
    assert not Customer.objects.exists()


def test_a_customer_whom_we_know_by_name_is_not_written_down_twice(
    export: Export, bring: Bring, customer: Customer
) -> None:
    bring(export("1,Words,2020/6/8,Hengyuan Chemical", "2,Words,2020/6/8,New one",
                 "3,Words,2020/6/8,New one", header=f"{HEADER},customer"))  # fmt: skip
    assert Customer.objects.count() == 2
    assert Case.objects.get(external_id="1").customer == customer


def test_the_same_file_again_changes_nothing(export: Export, bring: Bring) -> None:
    path = export("1,Words,2020/6/8", "2,More words,2020/6/8")
    bring(path)
    before = (list(Case.objects.order_by("pk").values()), CaseEvent.objects.count())
    assert bring(path)[-1] == "0 created, 0 updated, 2 unchanged, 0 refused"
    assert (list(Case.objects.order_by("pk").values()), CaseEvent.objects.count()) == before


def test_the_same_number_of_another_source_is_another_case(export: Export, bring: Bring) -> None:
    path = export("1,Words,2020/6/8")
    bring(path)
    assert bring(path, "--source", "other")[-1].startswith("1 created")


def test_a_changed_row_brings_an_untouched_case_up_to_date(export: Export, bring: Bring) -> None:
    header = f"{HEADER},brand,status"
    bring(export("1,Words,2020/6/8,Hydra,listen", "2,Same,2020/6/8,,listen", header=header))
    changed = export("1,Better words,2020/6/9,Vela,closed", "2,Same,2020/6/8,,listen",
                     header=header)  # fmt: skip
    assert bring(changed)[-1] == "0 created, 1 updated, 1 unchanged, 0 refused"
    case = Case.objects.get(external_id="1")
    assert (case.statement, case.title, case.stage) == ("Better words", "Better words", "closed")
    assert (str(case.product), case.version) == ("Vela", 2)
    assert case.received_at == datetime(2020, 6, 8, 16, tzinfo=UTC)
    assert {d.started_at for d in case.deadlines.all() if d.ended_at == case.received_at} == {
        case.received_at
    }
    assert bring(changed)[-1] == "0 created, 0 updated, 2 unchanged, 0 refused"
    assert sweep(now=clock.now() + timedelta(days=9)) == 0


def test_a_case_that_somebody_has_worked_on_is_left_alone_and_that_is_said(
    export: Export, bring: Bring, people: People
) -> None:
    bring(export("1,Words,2020/6/8"))
    case = Case.objects.get()
    note = steps.WriteNote(text="Called them.")
    take_step(case, note, by=Actor.person(people.engineer), now=clock.now())
    said = bring(export("1,Other words,2020/6/8"))
    assert said[-2:] == [
        f"line 2: {case.reference} has been worked on since; left as it is",
        "0 created, 0 updated, 1 unchanged, 0 refused",
    ]
    case.refresh_from_db()
    assert case.statement == "Words"


def test_a_case_that_came_another_way_is_left_alone(
    export: Export, bring: Bring, customer: Customer, people: People
) -> None:
    live = open_case(
        opening(customer, source="export", external_id="1"), by=Actor.person(people.engineer),
        now=clock.now(),
    )  # fmt: skip
    said = bring(export("1,Words,2020/6/8"))
    assert said[-2] == f"line 2: {live.reference} was not made by an import; left as it is"


def test_a_dry_run_counts_and_changes_nothing(export: Export, bring: Bring) -> None:
    header = f"{HEADER},brand,customer"
    bring(export("1,Words,2020/6/8,Hydra,Hengyuan", header=header))
    path = export("1,Other words,2020/6/8,Vela,Green Wheels", "2,New,2020/6/8,Vela,Green Wheels",
                  "3,Bad,someday,Vela,Green Wheels", header=header)  # fmt: skip
    before = list(Case.objects.values())
    said = bring(path, "--dry-run")
    assert said[-1] == "1 created, 1 updated, 0 unchanged, 1 refused"
    assert list(Case.objects.values()) == before
    assert (Product.objects.count(), Customer.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_dies_in_the_middle_goes_on_where_it_stopped(
    export: Export, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(*(f"{n},Words {n},2020/6/8" for n in range(25)))
    monkeypatch.setattr(running, "BATCH", 10)
    real = history.open_imported

    def dies(opening: Opening, stage: Stage, **more: Any) -> Case:
        if opening.external_id == "17":
            raise KeyboardInterrupt
        return real(opening, stage, **more)

    with monkeypatch.context() as patched:
        patched.setattr(history, "open_imported", dies)
        with pytest.raises(KeyboardInterrupt):
            bring(path)
    assert Case.objects.count() == 10
    assert bring(path)[-1] == "15 created, 0 updated, 10 unchanged, 0 refused"
    assert Case.objects.values("external_id").distinct().count() == 25


@pytest.mark.parametrize(
    ("data", "options", "word"),
    [
        (b"", (), "empty"),
        (b"only one column\nand words\n", (), "not a CSV"),
        (b"\x89PNG\r\n\x1a\n\0\0", (), "not a CSV"),
        (b"id,text,day\n1,x,2020/6/8\n", (), "external_id: no column"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--map", "brand=Marke"), "no column “Marke”"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--map", "colour=x"), "no field “colour”"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--zone", "Mars/Base"), "no such time zone"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--encoding", "x-none"), "x-none"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--source", "x" * 81), "--source"),
        (HEADER.encode() + b"\n1,x,2020/6/8\n", ("--mapping", "/no/such.toml"), "such.toml"),
    ],
)
def test_what_cannot_be_imported_at_all_is_one_clear_error(
    tmp_path: Path, bring: Bring, data: bytes, options: tuple[str, ...], word: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(CommandError, match=word):
        bring(path, *options)
    assert not Case.objects.exists()


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path, bring: Bring) -> None:
    with pytest.raises(CommandError, match="No such file"):
        bring(tmp_path / "nowhere.csv")


def test_the_mode_must_be_said(export: Export) -> None:
    with pytest.raises(CommandError, match="--mode"):
        call_command("import_cases", str(export("1,Words,2020/6/8")))


def test_a_live_case_is_never_placed(customer: Customer, people: People, t0: datetime) -> None:
    case = open_case(opening(customer), by=Actor.person(people.engineer), now=t0)
    with pytest.raises(ValueError, match="only a historical case"):
        place_historical(case, Stage.CLOSED, at=t0, now=t0, by=SYSTEM)
    case.refresh_from_db()
    assert case.stage == Stage.LISTEN
    assert CUSTOMER.user is None


@pytest.mark.skipif(not COMPLAINTS.exists(), reason="shared/data/ does not stand beside the clone")
def test_six_hundred_real_complaints_all_come_in_and_nothing_fires(bring: Bring) -> None:
    said = bring(COMPLAINTS, "--map", "external_id=id", "--mapping", str(MAPPING))
    assert said[-1] == "600 created, 0 updated, 0 unchanged, 0 refused"
    cases = Case.objects.filter(source="car_complaints_2020-06")
    by_stage = {stage: cases.filter(stage=stage).count() for stage in cases.values_list("stage",
                flat=True).distinct()}  # fmt: skip
    assert by_stage == {"listen": 231, "confirm": 26, "follow_up": 286, "closed": 57}
    first = cases.select_related("product").get(external_id="482028")
    assert first.product is not None
    assert first.product.brand == "一汽马自达"
    assert first.product.model.startswith("阿特兹")
    assert first.symptom_codes == ["H93", "H15"]
    assert first.received_at == datetime(2020, 6, 7, 16, tzinfo=UTC)
    assert sweep(now=clock.now()) == 0
    assert not Deadline.objects.overdue(clock.now()).exists()
    assert not Notice.objects.exists()


# ── modes ─────────────────────────────────────────────────────────────────────────────

WHOLE = f"{HEADER},status,customer,channel"


def test_item_15_observed_cases_run_and_show_and_nobody_is_alerted(
    export: Export, bring: Bring
) -> None:
    path = export("1,Words,2020/6/8,listen,Hengyuan,phone", header=WHOLE)
    assert bring(path, mode="observe")[-1].startswith("1 created")
    case = Case.objects.get()
    assert case.clock_mode == ClockMode.OBSERVE
    now = clock.now()
    assert Deadline.objects.overdue(now).filter(case=case).count() == 2
    assert sweep(now=now) > 0
    broken = case.events.filter(kind="deadline_breached")
    promises = set(broken.values_list("data__promise", flat=True))
    assert promises == {"acknowledgement", "response"}
    sweep(now=now + timedelta(days=9))
    assert not Notice.objects.exists()


def test_item_15_a_live_row_rings_like_any_other_case(
    export: Export, bring: Bring, people: People
) -> None:
    path = export("1,Words,2020/6/8,listen,Hengyuan,phone", header=WHOLE)
    bring(path, mode="live")
    assert Case.objects.get().clock_mode == ClockMode.LIVE
    sweep(now=clock.now())
    assert Notice.objects.filter(user=people.supervisor, kind="escalated").exists()


def test_item_15_historical_cases_fire_nothing_however_many_and_late(
    export: Export, bring: Bring
) -> None:
    path = export(*(f"{n},Words {n},2020/6/{n % 28 + 1},listen,Hengyuan,phone" for n in range(300)),
                  header=WHOLE)  # fmt: skip
    assert bring(path)[-1].startswith("300 created")
    assert not Deadline.objects.filter(alarm_at__isnull=False).exists()
    assert sweep(now=clock.now() + timedelta(days=400)) == 0
    assert not Notice.objects.exists()
    assert not CaseEvent.objects.filter(kind="deadline_breached").exists()


@pytest.mark.parametrize("mode", ["live", "observe"])
def test_a_case_whose_clocks_run_needs_a_customer_and_a_channel(
    export: Export, bring: Bring, mode: str
) -> None:
    said = bring(export("1,Words,2020/6/8"), mode=mode)
    assert refused(said) == [
        "line 2: refused: customer: is missing; only a historical case may lack it"
    ]
    said = bring(export("1,Words,2020/6/8,Hengyuan", header=f"{HEADER},customer"), mode=mode)
    assert refused(said) == [
        "line 2: refused: channel: is missing; only a historical case may lack it"
    ]
    assert not Case.objects.exists()


def test_a_live_row_beyond_the_first_stage_is_refused(export: Export, bring: Bring) -> None:
    path = export("1,Words,2020/6/8,respond,Hengyuan,phone", header=WHOLE)
    [line] = refused(bring(path, mode="live"))
    assert "a live case begins in “listen”" in line
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("stage", "running_ones"),
    [
        ("listen", {"acknowledgement", "response"}),
        ("confirm", {"response", "progress_update"}),
        ("respond", {"response", "progress_update"}),
        ("follow_up", {"follow_up"}),
        ("closed", set()),
        ("withdrawn", set()),
    ],
)
def test_item_15_an_observed_case_owes_what_its_stage_owes(
    export: Export, bring: Bring, stage: str, running_ones: set[str]
) -> None:
    path = export(f"1,Words,2020/6/8,{stage},Hengyuan,phone", header=WHOLE)
    bring(path, mode="observe")
    case = Case.objects.get()
    assert case.stage == stage
    assert {row.promise for row in case.deadlines.running()} == running_ones
    assert not Notice.objects.exists()


def test_an_observed_case_follows_its_source_from_stage_to_stage(
    export: Export, bring: Bring
) -> None:
    for stage, owed in (("listen", 2), ("respond", 2), ("follow_up", 1), ("closed", 0)):
        path = export(f"1,Words,2020/6/8,{stage},Hengyuan,phone", header=WHOLE)
        bring(path, mode="observe")
        case = Case.objects.get()
        assert (case.stage, case.deadlines.running().count()) == (stage, owed)
    assert not case.escalations.filter(closed_at=None).exists()


def test_a_case_that_is_known_keeps_its_mode_and_that_is_said(export: Export, bring: Bring) -> None:
    path = export("1,Words,2020/6/8,listen,Hengyuan,phone", header=WHOLE)
    bring(path)
    case = Case.objects.get()
    said = bring(path, mode="observe")
    assert f"line 2: {case.reference} stays historical" in said
    case.refresh_from_db()
    assert case.clock_mode == ClockMode.HISTORICAL


def test_the_mapping_may_say_the_mode(tmp_path: Path, export: Export, bring: Bring) -> None:
    mapping = tmp_path / "crm.toml"
    mapping.write_text('mode = "observe"\n')
    path = export("1,Words,2020/6/8,listen,Hengyuan,phone", header=WHOLE)
    bring(path, "--mapping", str(mapping), mode="")
    assert Case.objects.get().clock_mode == ClockMode.OBSERVE
    mapping.write_text('mode = "sideways"\n')
    with pytest.raises(CommandError, match="no mode “sideways”"):
        bring(path, "--mapping", str(mapping), mode="")
