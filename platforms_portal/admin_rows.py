"""Rows of a record on the record's own page in the admin, read in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from platforms_portal.admin_rights import ByRole, may_administer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db import models
    from django.http import HttpRequest


class KnownAutocompleteSelect(AutocompleteSelect):
    """An autocomplete that need not ask the database for the label of what is selected."""

    known: models.Model | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        """Return the selected option, taken from the row that was read already."""
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, self.known.pk, str(self.known), True, len(options)))
        return [(None, options, 0)]


class InlineForm(forms.ModelForm[Any]):
    """A row of an inline, whose autocompletes know the records that the row was read with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, KnownAutocompleteSelect):
                widget.known = self.instance._state.fields_cache.get(name)  # noqa: SLF001 - documented by Django


class PortalInline(ByRole, admin.TabularInline[Any, Any]):
    """Rows of a record on the record's own page, read with all that they show."""

    form = InlineForm
    extra = 0
    show_change_link = True
    select_related: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows together with the records that their fields name."""
        related = {*self.autocomplete_fields, *self.select_related}
        rows = super().get_queryset(request)
        return rows.select_related(*sorted(related)) if related else rows

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Whether rows may be deleted here (``obj`` is the record whose rows they are)."""
        return may_administer(request.user)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        """Give the fields with autocomplete the widget that knows its label."""
        if db_field.name in self.autocomplete_fields and "widget" not in kwargs:
            kwargs["widget"] = KnownAutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def key_name(self) -> str:
        """Return the name of the field that says whose row it is."""
        if self.fk_name:
            return self.fk_name
        keys = (field for field in self.opts.fields if field.related_model is self.parent_model)
        return next(keys).name

    def rows_of(self, record: models.Model | None) -> int:
        """Return how many rows ``record`` has; a new one has none."""
        if record is None or record.pk is None:
            return 0
        rows = self.model._default_manager  # noqa: SLF001 - documented by Django
        return int(rows.filter(**{self.key_name(): record.pk}).count())

    def width(self) -> int:
        """Return how many fields a row sends: its own, its key, its record's and a mark."""
        return len(self.fields or ()) + 3
