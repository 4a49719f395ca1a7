"""The bodies beside the cards of the result: new ones are founded, others get their fate."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition
from consolidation.selectors.arranging import result_of
from consolidation.selectors.desk import bodies_elsewhere
from consolidation.services.desk_rows import FATES, write_body
from consolidation.services.drafting import locked_draft
from consolidation.services.recording import REASON, ManyRecorder, Recorder
from consolidation.services.seen import compare
from platforms_portal.history import delete_recorded, save_recorded
from zones.models import Ledger, ManagementBody, Origin
from zones.models.bodies import validate_uscc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import MergePlan
    from consolidation.selectors.desk import DeskBody


def found_body(
    *, plan: MergePlan, platform_id: int, name: str, uscc: str, user: User
) -> BodyDisposition:
    """Found a management body that serves one of the division's retained platforms. 方案(四).

    It gets a code that is new in the ledger. Returns the decision; a body of this name that the
    plan founds already for the platform is returned as it is. Raises ``PermissionDenied`` and
    ``ValidationError`` as ``locked_draft``; ``ValidationError`` with every error by its field.
    """
    name = " ".join(name.split())
    uscc = unicodedata.normalize("NFKC", uscc).replace(" ", "").upper()
    with transaction.atomic():
        locked = locked_draft(plan, user)
        result = result_of(locked)
        card = result.card(platform_id)
        if card is None:
            raise ValidationError(_("This platform is not one that the division retains."))
        for row in card.serving:
            if row.fate == BodyDisposition.Fate.FOUND and row.body.name == name:
                return row
        ledger = Ledger.objects.select_for_update().get(pk=locked.programme.ledger_id)
        body = _founded_beside(locked, name)
        if body is None:
            problems = _problems(ledger, name, uscc)
            if problems:
                raise ValidationError(problems)
            body = ManagementBody(
                ledger=ledger,
                code=_free_code(ledger, locked),
                name=name,
                uscc=uscc,
                division=locked.division,
                origin=Origin.FOUNDED,
            )
            save_recorded(body, user=user, reason=str(REASON))
        decision = BodyDisposition(
            plan=locked,
            body=body,
            fate=BodyDisposition.Fate.FOUND,
            serves=card.retained.platform,
        )
        save_recorded(decision, user=user, reason=str(REASON))
        return decision


def _founded_beside(plan: MergePlan, name: str) -> ManagementBody | None:
    """Return the body of this name that another version or variant founds: it is the same one."""
    founded = ManagementBody.objects.filter(
        ledger=plan.programme.ledger_id,
        division=plan.division_id,
        origin=Origin.FOUNDED,
        name=name,
        abolished_on=None,
    )
    return founded.exclude(dispositions__plan=plan).order_by("code").first()


def _problems(ledger: Ledger, name: str, uscc: str) -> dict[str, StrOrPromise]:
    problems: dict[str, StrOrPromise] = {}
    longest = 120
    if not name:
        problems["name"] = _("Give the body a name.")
    elif len(name) > longest:
        problems["name"] = _("Write at most %(n)d characters.") % {"n": longest}
    elif ManagementBody.objects.filter(ledger=ledger, name=name).exists():
        problems["name"] = _("There is a body of this name already.")
    if not uscc:
        return problems
    try:
        validate_uscc(uscc)
    except ValidationError as refused:
        problems["uscc"] = refused.messages[0]
    else:
        if ManagementBody.objects.filter(ledger=ledger, uscc=uscc).exists():
            problems["uscc"] = _("Another body has this code already.")
    return problems


def _free_code(ledger: Ledger, plan: MergePlan) -> str:
    """Return the first free code of the division's founded bodies; the ledger is locked."""
    start = f"B{plan.division.code}-N"
    taken = set(
        ManagementBody.objects.filter(ledger=ledger, code__startswith=start).values_list(
            "code", flat=True
        )
    )
    return next(code for n in range(1, len(taken) + 2) if (code := f"{start}{n:02}") not in taken)


def take_back(*, plan: MergePlan, body_id: int, user: User) -> None:
    """Take back a body that ``plan`` founds. It is deleted unless another plan has it too.

    A body that is taken back already is let through. Raises ``PermissionDenied`` and
    ``ValidationError`` as ``locked_draft``; also where its founding was confirmed, or people are
    planned for it or move to it.
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        decision = (
            BodyDisposition.objects.filter(
                plan=locked, body=body_id, fate=BodyDisposition.Fate.FOUND
            )
            .select_related("body")
            .first()
        )
        if decision is None:
            return
        if decision.confirmed_on:
            raise ValidationError(
                _("This was confirmed carried out on %(day)s and stays as it is.")
                % {"day": decision.confirmed_on.isoformat()}
            )
        body = decision.body
        delete_recorded(decision, user=user, reason=str(REASON))
        if BodyDisposition.objects.filter(body=body).exists():
            return
        try:
            delete_recorded(body, user=user, reason=str(REASON))
        except ProtectedError as error:
            raise ValidationError(
                _(
                    "People are planned for %(body)s or move to it. Take that back on the page"
                    " “Staff” first."
                )
                % {"body": body}
            ) from error


def set_fate(*, plan: MergePlan, body_id: int, fate: str, seen: str, user: User) -> None:
    """Decide what becomes of a body of the division that stands at no row of the decide page.

    Raises ``PermissionDenied`` and ``ValidationError`` as ``locked_draft``; ``ValidationError`` by
    field; ``ConflictError`` where somebody else decided otherwise since.
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        found = result_of(locked).beside(body_id)
        _decide(locked, found, fate, seen, Recorder(user))


def set_fates(
    *,
    plan: MergePlan,
    fates: Mapping[int, str],
    seen: Mapping[int, str],
    user: User,
    reason: StrOrPromise = REASON,
) -> dict[int, ValidationError]:
    """Decide what becomes of many bodies that stand at no row, as ``set_fate`` does for one.

    Returns why bodies were refused, by their keys: those are left as they are. Raises as
    ``set_fate`` for the plan as a whole.
    """
    refused: dict[int, ValidationError] = {}
    with transaction.atomic():
        locked = locked_draft(plan, user)
        beside = {found.body.pk: found for found in bodies_elsewhere(locked)}
        recorder = ManyRecorder(user, reason)
        for key, fate in fates.items():
            try:
                _decide(locked, beside.get(key), fate, seen.get(key, ""), recorder)
            except ValidationError as error:
                refused[key] = error
        recorder.flush()
    return refused


def _decide(
    plan: MergePlan, found: DeskBody | None, fate: str, seen: str, recorder: Recorder
) -> None:
    if found is None:
        raise ValidationError(_("This body is decided on at the row of its platform."))
    compare({"fate": found.fate}, found.fate, {"fate": fate}, seen)
    if fate and fate not in FATES:
        raise ValidationError({"fate": _("Choose one of the list.")})
    if fate == found.fate:
        return
    decision = found.decision or BodyDisposition(plan=plan, body=found.body)
    try:
        write_body(decision, fate, None, recorder)
    except ValidationError as refused:
        raise ValidationError({"fate": refused.messages}) from refused
