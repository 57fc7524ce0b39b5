"""The words under which administration shows what happened. No column changes."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("objections", "0006_shipped_night"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customermail",
            options={
                "verbose_name": "e-mail to a customer",
                "verbose_name_plural": "e-mails to customers",
            },
        ),
        migrations.AlterField(
            model_name="case",
            name="stage_entered_at",
            field=models.DateTimeField(verbose_name="in this stage since"),
        ),
        migrations.AlterField(
            model_name="case",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="caseaccess",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accesses",
                to="objections.case",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="caseaccess",
            name="read_at",
            field=models.DateTimeField(verbose_name="read at"),
        ),
        migrations.AlterField(
            model_name="caseaccess",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="actor_kind",
            field=models.CharField(
                choices=[
                    ("user", "One of us"),
                    ("client", "A connected system"),
                    ("customer", "The customer"),
                    ("system", "The system"),
                ],
                default="system",
                max_length=8,
                verbose_name="who acted",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="objections.case",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.client",
                verbose_name="client",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="data",
            field=models.JSONField(default=dict, verbose_name="facts"),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened the case"),
                    ("acknowledged", "acknowledged"),
                    ("restated", "restated the issue"),
                    ("corrected", "corrected us"),
                    ("confirmed", "confirmed our understanding"),
                    ("confirmation_skipped", "skipped the confirmation"),
                    ("solution_communicated", "told cause and solution"),
                    ("option_chosen", "chose an option"),
                    ("solution_rejected", "rejected the solution"),
                    ("carried_out", "carried out the solution"),
                    ("attempt_recorded", "tried to reach the customer"),
                    ("closed_satisfied", "closed: the customer is content"),
                    ("closed_unreachable", "closed: not reachable"),
                    ("not_satisfied", "is not satisfied"),
                    ("new_objection_logged", "logged a new objection"),
                    ("reopened", "reopened the case"),
                    ("closed_thanked", "closed with thanks"),
                    ("withdrawn", "withdrew the case"),
                    ("progress_updated", "told how things stand"),
                    ("message_received", "wrote or called"),
                    ("replied", "replied"),
                    ("committed", "promised"),
                    ("commitment_kept", "kept a promise"),
                    ("commitment_reagreed", "re-agreed a promise"),
                    ("handed_over", "asked another department"),
                    ("hand_over_answered", "answered"),
                    ("assigned", "assigned the case"),
                    ("noted", "added a note"),
                    ("attached", "attached evidence"),
                    ("changed", "changed the case"),
                    ("remedy_proposed", "proposed a remedy"),
                    ("remedy_approved", "approved a remedy"),
                    ("remedy_refused", "refused a remedy"),
                    ("made_persistent", "the objection has become persistent"),
                    ("deadline_started", "a clock started"),
                    ("deadline_warned", "a warning"),
                    ("deadline_breached", "a promise was broken"),
                    ("deadline_kept", "a promise was kept"),
                    ("deadline_answered_late", "answered late"),
                    ("deadline_voided", "a clock ended"),
                    ("deadline_paused", "a clock was paused"),
                    ("deadline_resumed", "a clock resumed"),
                    ("breach_withdrawn", "a breach was withdrawn"),
                    ("proof_withdrawn", "a proof was withdrawn"),
                    ("late_record_confirmed", "confirmed a late record"),
                    ("escalation_raised", "escalated"),
                    ("escalation_climbed", "escalated one level higher"),
                    ("escalation_taken", "took the escalation"),
                    ("escalation_lapsed", "the taker's time passed"),
                    ("escalation_closed", "the escalation closed"),
                    ("mail_sent", "the e-mail was sent"),
                    ("mail_failed", "the e-mail could not be delivered"),
                    ("imported", "brought in from another system"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="occurred_at",
            field=models.DateTimeField(verbose_name="occurred at"),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded at"),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="body",
            field=models.TextField(verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="contact_record",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="mail",
                serialize=False,
                to="objections.contactrecord",
                verbose_name="contact on record",
            ),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="created_at",
            field=models.DateTimeField(verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="failed at"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="failure",
            field=models.CharField(blank=True, max_length=300, verbose_name="last failure"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="message_id",
            field=models.CharField(max_length=120, unique=True, verbose_name="message number"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="next_attempt_at",
            field=models.DateTimeField(null=True, verbose_name="next attempt at"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="subject",
            field=models.CharField(max_length=250, verbose_name="subject"),
        ),
        migrations.AlterField(
            model_name="customermail",
            name="to",
            field=models.EmailField(max_length=254, verbose_name="recipient"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="alarm_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next alarm at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="allowance",
            field=models.DurationField(verbose_name="allowance"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="answered_late_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="answered late at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="breached_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="breached at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deadlines",
                to="objections.case",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="cycle",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="round"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="due at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="ended_as",
            field=models.CharField(blank=True, max_length=8, verbose_name="ended as"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="failure",
            field=models.CharField(blank=True, max_length=300, verbose_name="last failure"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="failures"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="is_historical",
            field=models.BooleanField(default=False, verbose_name="kept for the record alone"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="kept_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="kept at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="ladder",
            field=models.JSONField(default=list, verbose_name="ladder"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="moved",
            field=models.DurationField(
                default=datetime.timedelta(0), verbose_name="moved out of the night by"
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="pause_maximum",
            field=models.DurationField(blank=True, null=True, verbose_name="longest pause"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="paused at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="pauses_per_cycle",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="pauses a round"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="policy_name",
            field=models.CharField(max_length=80, verbose_name="policy"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="policy_version",
            field=models.PositiveIntegerField(verbose_name="version of the policy"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="promise",
            field=models.CharField(
                choices=[
                    ("acknowledgement", "Acknowledgement"),
                    ("response", "Response"),
                    ("follow_up", "Follow-up"),
                    ("progress_update", "Progress update"),
                    ("commitment", "Commitment"),
                    ("hand_over", "Hand-over"),
                    ("customer_message", "Customer's message"),
                ],
                max_length=16,
                verbose_name="promise",
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="proof",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proves",
                to="objections.contactrecord",
                verbose_name="proof",
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="quarantined_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="set aside at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="remaining",
            field=models.DurationField(blank=True, null=True, verbose_name="remaining"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="resume_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="resumes at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="rung",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="rungs that rang"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="shift",
            field=models.DurationField(
                default=datetime.timedelta(0), verbose_name="levels moved by"
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="started_at",
            field=models.DateTimeField(verbose_name="started at"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="subject",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="number of its subject"
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="unit",
            field=models.CharField(max_length=8, verbose_name="unit"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="alarm_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next alarm at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to="objections.case",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="deadline",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to="objections.deadline",
                verbose_name="deadline",
            ),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="failure",
            field=models.CharField(blank=True, max_length=300, verbose_name="last failure"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="failures"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="lapses_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="lapses at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="level",
            field=models.PositiveSmallIntegerField(verbose_name="level"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="next_step",
            field=models.CharField(blank=True, max_length=300, verbose_name="next step"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="opened_at",
            field=models.DateTimeField(verbose_name="opened at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="quarantined_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="set aside at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="reason",
            field=models.CharField(
                choices=[
                    ("deadline", "Promise broken"),
                    ("persistent", "Persistent objection"),
                    ("not_satisfied", "Not satisfied"),
                ],
                max_length=16,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken at"),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="taken_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken by",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="objections.case",
                verbose_name="case",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="channel",
            field=models.CharField(
                choices=[("in_app", "In the product"), ("email", "E-mail")],
                max_length=8,
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="created_at",
            field=models.DateTimeField(verbose_name="noticed at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="deadline",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="objections.deadline",
                verbose_name="deadline",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="escalation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="objections.escalation",
                verbose_name="escalation",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="failed at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="failure",
            field=models.CharField(blank=True, max_length=300, verbose_name="last failure"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("warned", "Due soon"),
                    ("escalated", "Escalated to you"),
                    ("lapsed", "Escalated again: the taker's time has passed"),
                    ("announced", "New case, nobody has it yet"),
                    ("assigned", "Assigned to you"),
                    ("mail_failed", "An e-mail to the customer failed"),
                    ("handed_over", "A question for you"),
                    ("approval_asked", "A remedy needs your approval"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="level",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="level"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="occurred_at",
            field=models.DateTimeField(verbose_name="occurred at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="seen at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="send_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="to be sent at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="remedylimit",
            name="role",
            field=models.CharField(
                choices=[
                    ("engineer", "Service engineer"),
                    ("supervisor", "Supervisor"),
                    ("manager", "Manager"),
                    ("analyst", "Quality analyst"),
                    ("administrator", "Administrator"),
                    ("auditor", "Auditor"),
                ],
                max_length=16,
                unique=True,
                verbose_name="role",
            ),
        ),
    ]
