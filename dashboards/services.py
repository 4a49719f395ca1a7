"""What the dashboards write: the views that readers save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dashboards.models import SavedView
from dashboards.selectors.saved import is_page_of

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme


def save_view(*, user: User, programme: Programme, name: str, address: str) -> SavedView:
    """Keep ``address``, a page of ``programme`` with its filters, as ``name`` for ``user``.

    Raises ``ValidationError``, by field, where the name is empty or taken or the address leads
    elsewhere.
    """
    view = SavedView(user=user, programme=programme, name=name.strip(), address=address)
    problems: dict[str, list[ValidationError]] = {}
    try:
        view.full_clean(validate_constraints=False)
    except ValidationError as refused:
        problems = dict(refused.error_dict)
    if not is_page_of(programme, address):
        wrong = ValidationError(_("Only a page of this programme can be saved."))
        problems.setdefault("address", []).append(wrong)
    with transaction.atomic():
        # Two clicks at once are told like two after each other.
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)  # noqa: SLF001 - documented by Django
        if SavedView.objects.filter(user=user, programme=programme, name=view.name).exists():
            taken = ValidationError(_("You have a view of this name already. Choose another one."))
            problems.setdefault("name", []).append(taken)
        if problems:
            raise ValidationError(problems)
        view.save()
    return view


def drop_view(*, view: SavedView) -> None:
    """Forget ``view``; its page stays."""
    view.delete()
