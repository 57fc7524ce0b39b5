from __future__ import annotations

from django.contrib import admin

from customers.models import Contact, Customer, Product


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


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    list_display = ("brand", "model", "team")
    list_filter = ("brand", "team")
    search_fields = ("brand", "model")
    list_select_related = ("team",)
    autocomplete_fields = ("team",)
