from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team


class Tier(models.TextChoices):
    STANDARD = "standard", _("Standard")
    KEY_ACCOUNT = "key_account", _("Key account")


class Customer(models.Model):
    """Who has bought from us, and may complain.

    ``source`` and ``external_id`` name the row in the CRM that it came from. A key
    account has a team of its own and a person of ours who is called in an emergency.
    ``tier_changed_at`` stands from a change of tier until the clocks of its cases follow it.
    """

    name = models.CharField(_("name"), max_length=200)
    tier = models.CharField(_("tier"), max_length=12, choices=Tier, default=Tier.STANDARD)
    source = models.CharField(_("source"), max_length=80, blank=True)
    external_id = models.CharField(_("number at the source"), max_length=120, blank=True)
    tier_changed_at = models.DateTimeField(_("tier changed at"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Language, blank=True)
    dedicated_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="key_accounts",
        verbose_name=_("dedicated team"),
    )  # fmt: skip
    emergency_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("emergency contact"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="customer_known_once_per_source",
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="customer_tier_is_known", condition=Q(tier__in=Tier.values)
            ),
        ]
        indexes = [
            models.Index(
                name="customer_tier_changed", fields=["tier_changed_at"],
                condition=Q(tier_changed_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_key_account(self) -> bool:
        return self.tier == Tier.KEY_ACCOUNT


class Contact(models.Model):
    """A person at the customer's whom we talk to."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("position"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something we make. Its team answers for it."""

    brand = models.CharField(_("brand"), max_length=120, blank=True)
    model = models.CharField(_("model"), max_length=200)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="products",
        verbose_name=_("team"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["brand", "model"]
        constraints = [
            models.UniqueConstraint(name="product_brand_and_model", fields=["brand", "model"]),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.model}".strip()
