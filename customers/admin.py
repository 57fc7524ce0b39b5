from __future__ import annotations

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from customers.models import Contact, Customer, Product
from timekeeping import clock


class ContactInline(admin.TabularInline[Contact, Customer]):
    model = Contact
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    list_display = ("name", "tier", "dedicated_team", "source", "external_id")
    list_filter = ("tier", "dedicated_team")
    search_fields = ("name", "external_id", "contacts__name")
    list_select_related = ("dedicated_team",)
    autocomplete_fields = ("dedicated_team", "emergency_contact")
    inlines = (ContactInline,)
    exclude = ("tier_changed_at",)

    def save_model(
        self, request: HttpRequest, obj: Customer, form: ModelForm[Customer], change: bool
    ) -> None:
        """Let the clocks of its cases follow a change of tier, in the same transaction."""
        if change and "tier" in form.changed_data:
            obj.tier_changed_at = clock.now()
        super().save_model(request, obj, form, change)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    list_display = ("brand", "model", "team")
    list_filter = ("brand", "team")
    search_fields = ("brand", "model")
    list_select_related = ("team",)
    autocomplete_fields = ("team",)
