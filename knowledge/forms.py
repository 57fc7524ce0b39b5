"""What people type about articles, and how they narrow the list of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Language
from customers.models import Product
from knowledge.articles import ArticleText
from knowledge.models import Article
from knowledge.searching import Asked, State, products
from objections.forms.fields import OneLineField, TextField
from objections.vocabulary import CauseCategory

ANY = ("", gettext_lazy("any"))
SUGGESTED_PRODUCTS = 200


class ProductField(forms.CharField):
    """A product by brand and model, as a list suggests it. Cleans to the product, or None."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        for product in Product.objects.filter(model__iendswith=typed.split()[-1]):
            if typed.casefold() in (str(product).casefold(), product.model.casefold()):
                return product
        raise forms.ValidationError(_("There is no product of this name."), code="unknown")


class ArticleForm(forms.Form):
    """The text of an article, and the version that was read when it was opened."""

    title = OneLineField(label=gettext_lazy("Title"), max_length=200)
    body = TextField(
        label=gettext_lazy("Text"),
        rows=14,
        help_text=gettext_lazy(
            "An empty line begins a paragraph. Lines that begin with “- ” or “1. ” become a list."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language)
    product = ProductField(
        label=gettext_lazy("Product"), required=False, max_length=320,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty where it is true of any."),
    )  # fmt: skip
    cause_category = forms.ChoiceField(
        label=gettext_lazy("Category of the cause"), required=False,
        choices=[("", gettext_lazy("none")), *CauseCategory.choices],
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    @classmethod
    def of(cls, text: ArticleText, version: int = 0) -> ArticleForm:
        """Return the form filled with what an article says, or begins with."""
        return cls(
            initial={
                "title": text.title, "body": text.body, "language": text.language,
                "product": str(text.product or ""), "cause_category": text.cause_category,
                "version": version,
            }
        )  # fmt: skip

    def text(self) -> ArticleText:
        """Return what was typed; the form is valid."""
        given = self.cleaned_data
        return ArticleText(
            title=given["title"], body=given["body"], language=given["language"],
            product=given["product"], cause_category=given["cause_category"],
        )  # fmt: skip

    def told(self) -> tuple[str, str]:
        """Return title and body as they stand in the form, checked or not."""
        return str(self["title"].value() or ""), str(self["body"].value() or "")

    @staticmethod
    def suggested() -> list[str]:
        """Return products that a list under the field suggests."""
        return [str(one) for one in Product.objects.all()[:SUGGESTED_PRODUCTS]]


class SearchForm(forms.Form):
    """Words, and what narrows the list. What cannot be, narrows nothing."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=State)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[ANY, *Language.choices]
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=gettext_lazy("Product"), required=False,
        empty_label=gettext_lazy("any"),
    )  # fmt: skip
    cause = forms.ChoiceField(
        label=gettext_lazy("Category of the cause"), required=False,
        choices=[ANY, *CauseCategory.choices],
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        choice = self.fields["product"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = products()

    def asked(self) -> Asked:
        """Return what is looked for; a field that cannot be read counts as empty."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(
            text=given.get("q", ""), language=given.get("language", ""),
            product=given.get("product"), cause_category=given.get("cause", ""),
            state=State(given.get("state") or State.PUBLISHED),
        )  # fmt: skip


def text_of(article: Article) -> ArticleText:
    """Return what an article says, as a form begins with it."""
    return ArticleText(
        title=article.title, body=article.body, language=article.language,
        product=article.product, cause_category=article.cause_category,
    )  # fmt: skip
