from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.callers import token_of
from accounts.api.strict import wrong
from accounts.api.views import ApiView
from accounts.models import Scope, User
from customers import services
from customers.api.serializers import CustomerShown, CustomerWritten, SourceKey
from customers.models import Customer
from timekeeping import clock


class CustomerView(ApiView):
    """A customer, at the address that the source's number gives it."""

    scopes = {
        "GET": (Scope.CASES_READ, Scope.CUSTOMERS_WRITE),
        "PUT": (Scope.CUSTOMERS_WRITE,),
    }

    @extend_schema(operation_id="customer_read", responses=CustomerShown, tags=["customers"])
    def get(self, request: Request, source: str, external_id: str) -> Response:
        """Read the customer that a source knows by this number."""
        key = _key(source, external_id)
        everything = Customer.objects.select_related("dedicated_team", "emergency_contact")
        return Response(CustomerShown(get_object_or_404(everything, **key)).data)

    @extend_schema(
        operation_id="customer_write",
        request=CustomerWritten,
        responses={
            200: CustomerShown,
            201: OpenApiResponse(CustomerShown, description="The customer was not known before."),
        },
        tags=["customers"],
    )
    def put(self, request: Request, source: str, external_id: str) -> Response:
        """Create or update the customer that a source knows by this number.

        What is left out stays as it is. Contacts are found by name and updated or added;
        none is deleted.
        """
        if token_of(request) is None and not _may_edit(request):
            raise PermissionDenied(_("You may not change customers."))
        key = _key(source, external_id)
        written = CustomerWritten(data=request.data)
        written.is_valid(raise_exception=True)
        try:
            customer, created = services.upsert(**key, **written.validated_data, now=clock.now())
        except ValueError as error:
            raise wrong("name", _("A new customer needs a name."), "required") from error
        answer = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response(CustomerShown(customer).data, answer)


def _may_edit(request: Request) -> bool:
    return isinstance(request.user, User) and services.may_edit(request.user)


def _key(source: str, external_id: str) -> dict[str, Any]:
    key = SourceKey(data={"source": source, "external_id": external_id})
    key.is_valid(raise_exception=True)
    return dict(key.validated_data)
