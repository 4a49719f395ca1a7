"""The way of a plan: read here, written only by the services that check and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from consolidation.models import Attachment, BreachReason, Correction, Notice, Opinion, Signature
from platforms_portal.admin import PortalAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


class KeptAsWritten(PortalAdmin):
    """Records that prove what was done: nobody adds, changes or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: a service writes them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: they stay as they were written."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: they are evidence."""
        return False


@admin.register(Signature)
class SignatureAdmin(KeptAsWritten):
    """Who signed what, and the digests of what they were shown."""

    list_display = ("plan", "action", "part", "signer", "department", "signed_at", "day")
    list_filter = ("action", "part", "plan__programme", "department")
    list_select_related = ("plan__division", "department")
    search_fields = ("signer", "plan__division__name", "content_digest", "comment")
    autocomplete_fields = ("plan", "user", "department")
    date_hierarchy = "signed_at"


@admin.register(Opinion)
class OpinionAdmin(KeptAsWritten):
    """What reviewers said of rows, and the answers."""

    list_display = ("plan", "part", "subject", "label", "author", "is_sent", "written_at")
    list_filter = ("part", "subject", "is_sent", "plan__programme", "department")
    list_select_related = ("plan__division", "author")
    search_fields = ("text", "answer", "label", "plan__division__name")
    autocomplete_fields = ("plan", "author", "department", "answered_by")
    date_hierarchy = "written_at"


@admin.register(BreachReason)
class BreachReasonAdmin(KeptAsWritten):
    """Why plans were submitted although they break a rule."""

    list_display = ("plan", "rule", "aspect", "reason")
    list_filter = ("rule", "plan__programme")
    list_select_related = ("plan__division",)
    search_fields = ("rule", "reason", "plan__division__name")
    autocomplete_fields = ("plan",)


@admin.register(Attachment)
class AttachmentAdmin(KeptAsWritten):
    """Files; their contents are opened in the portal, where the right to them is checked."""

    list_display = ("name", "content_type", "size", "uploaded_by", "uploaded_at")
    list_filter = ("content_type",)
    list_select_related = ("uploaded_by",)
    search_fields = ("name", "sha256")
    autocomplete_fields = ("plan", "step", "correction", "task_note", "uploaded_by")
    # The file's own address leads nowhere: files are not served from their folder.
    exclude = ("file",)
    date_hierarchy = "uploaded_at"


@admin.register(Correction)
class CorrectionAdmin(KeptAsWritten):
    """Requests to correct the ledger, and what became of them."""

    list_display = ("label", "kind", "subject", "division", "state", "requested_at", "decided_at")
    list_filter = (
        "programme",
        "state",
        "kind",
        "subject",
        ("division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("division",)
    search_fields = ("label", "reason", "answer", "division__name")
    autocomplete_fields = ("programme", "division", "requested_by", "decided_by")
    date_hierarchy = "requested_at"


@admin.register(Notice)
class NoticeAdmin(KeptAsWritten):
    """What users were told."""

    list_display = ("user", "kind", "detail", "programme", "created_at", "read_at")
    list_filter = ("kind", "programme", ("read_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "programme")
    search_fields = ("user__username", "user__full_name", "detail")
    autocomplete_fields = ("user", "programme", "plan")
    date_hierarchy = "created_at"
