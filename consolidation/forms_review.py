"""The forms of signing a plan: submit, approve, countersign, return. Rules are the services'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from consolidation.services.workflow import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 2000

NO_REASON = {"required": _("Give a reason.")}


class SigningForm(forms.Form):
    """What every signature carries: the digests of what its signer was shown.

    ``said`` names the field with the signer's words.
    """

    content = forms.CharField(widget=forms.HiddenInput, required=False)
    ledger = forms.CharField(widget=forms.HiddenInput, required=False)
    said: ClassVar[str] = "comment"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let each field look like the portal's; ids are told apart by the kind of form."""
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            box = isinstance(field, forms.BooleanField)
            field.widget.attrs.setdefault("class", "form-check-input" if box else "form-control")

    @classmethod
    def showing(cls, seen: Seen) -> SigningForm:
        """Return an empty form on a page that shows ``seen``."""
        return cls(initial={"content": seen.content, "ledger": seen.ledger})

    def shown_again(self, seen: Seen) -> SigningForm:
        """Return the form with what was typed and refused, on a page that now shows ``seen``."""
        sent = {name: self.data.get(name) for name in self.fields}
        self.data = sent | {"content": seen.content, "ledger": seen.ledger}
        return self

    def sign(self, service: Callable[..., object], **known: Any) -> bool:
        """Hand words and digests to ``service``; false where it was refused, and the form says why.

        An act that the plan's state no longer allows is raised on: no form can be shown for it.
        """
        if not self.is_valid():
            return False
        given = self.cleaned_data
        try:
            service(
                seen=Seen(given["content"], given["ledger"]),
                **{self.said: given[self.said]},
                **known,
            )
        except ValidationError as refused:
            if getattr(refused, "code", "") == "state":
                raise
            problems = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
            for name, errors in problems.items():
                self.add_error(name if name in self.fields else None, errors)
            return False
        return True


class SignForm(SigningForm):
    """A consent, with a comment if the signer wishes."""

    comment = forms.CharField(
        label=_("Comment (optional)"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReturnForm(SigningForm):
    """A return, with its reason."""

    said = "reason"
    reason = forms.CharField(
        label=_("Reason for the return"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=NO_REASON,
    )


class LeaderReturnForm(ReturnForm):
    """A return within the division; the leader is told who will read the reason."""

    reason = forms.CharField(
        label=_("Reason for the return"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=NO_REASON,
        help_text=_(
            "Your division reads it. It stays in the plan's history, which the commission, "
            "the auditors and the administrators can read; other divisions cannot."
        ),
    )


class SubmitForm(SignForm):
    """A submission, with the official's confirmation."""

    confirm = forms.BooleanField(
        label=_("I confirm that the content is complete and correct"),
        error_messages={"required": _("Confirm the content before you submit it.")},
    )
