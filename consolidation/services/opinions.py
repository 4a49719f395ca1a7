"""Opinions on the rows of a plan: written while it is reviewed, sent with its return, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.models import MergePlan, Opinion, Part
from consolidation.selectors.document import document_of
from consolidation.selectors.opinions import answers_open, may_give_opinion, seen_of
from consolidation.selectors.signing import part_of
from consolidation.services.seen import compare
from consolidation.transitions import entitled
from platforms_portal.access import Right, has_right, rights_of
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 2000
"""How many characters an opinion or an answer may have."""


def write_opinion(
    *,
    plan: MergePlan,
    user: User,
    text: str,
    part: str = "",
    subject: str = Opinion.Subject.PLAN,
    subject_id: int | None = None,
) -> Opinion:
    """Write down what ``user`` says of one row of ``plan``, or of the whole; return the opinion.

    The row is the line of the plan's document in ``part`` that is about ``subject`` and
    ``subject_id``. It stays with the user's side until anybody returns the plan. The same words on the
    same row are kept once. Raises ``PermissionDenied`` for users who may not review the plan, and
    for departments outside of their part; ``ValidationError`` by field, and where the plan is not
    under review.
    """
    with transaction.atomic():
        locked = _locked(plan)
        _only_who_reviews(locked, user)
        if not may_give_opinion(locked, user):
            raise ValidationError(
                _("The plan is “%(state)s”: no opinion on it can be given.")
                % {"state": locked.get_state_display()},
                code="state",
            )
        part = part or part_of(user) or Part.CONTENT
        _only_the_own_part(user, part)
        opinion = Opinion(
            plan=locked,
            part=part,
            subject=subject,
            subject_id=subject_id,
            text=_given(text, "text", _("Write an opinion.")),
            author=user,
            department=user.department,
        )
        opinion.label = _label_of(locked, user, opinion)
        same = Opinion.objects.filter(
            plan=locked,
            part=part,
            subject=subject,
            subject_id=subject_id,
            text=opinion.text,
            author=user,
            is_sent=False,
        ).first()
        if same is not None:
            return same
        save_recorded(opinion, user=user, reason=_("Opinion written"))
    return opinion


def delete_opinion(*, opinion: Opinion, user: User) -> None:
    """Take back an own opinion that was not sent; its history stays.

    Raises ``PermissionDenied`` for everybody but its author, ``ValidationError`` once it was sent.
    """
    with transaction.atomic():
        # In this order everywhere: the return locks the plan first too.
        _locked(opinion.plan)
        locked = Opinion.objects.select_for_update(of=("self",)).filter(pk=opinion.pk).first()
        if opinion.author_id != user.pk:
            raise PermissionDenied(_("Only its author takes an opinion back."))
        if locked is None:
            return
        if locked.is_sent:
            raise ValidationError(_("The opinion was sent with the return and stays."))
        delete_recorded(locked, user=user, reason=_("Opinion taken back"))


def answer_opinion(*, opinion: Opinion, user: User, answer: str, seen: str) -> Opinion:
    """Answer an opinion on a returned plan, also after it was taken up again; return it.

    ``seen`` is the digest of the answer that the user changed. Raises ``PermissionDenied`` for all
    but the division's officials; ``ValidationError`` without an answer, and once the next version
    was submitted; ``ConflictError`` where a colleague answered otherwise since.
    """
    with transaction.atomic():
        versions = list(
            MergePlan.objects.select_for_update(of=("self",))
            .filter(
                programme=opinion.plan.programme_id, division=opinion.plan.division_id, variant=""
            )
            .order_by("version")
        )
        locked = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
        if not entitled(opinion.plan, Right.EDIT_PLAN, user):
            raise PermissionDenied(_("Only the division's own officials answer opinions."))
        about = next(version for version in versions if version.pk == locked.plan_id)
        if not locked.is_sent or not answers_open(about, versions[-1]):
            raise ValidationError(
                _(
                    "Opinions are answered once the plan was returned, and before it is submitted again."
                ),
                code="state",
            )
        given = _given(answer, "answer", _("Write an answer."))
        compare({"answer": locked.answer}, seen_of(locked.answer), {"answer": given}, seen)
        if given == locked.answer:
            return locked
        locked.answer, locked.answered_by, locked.answered_at = given, user, timezone.now()
        save_recorded(locked, user=user, reason=_("Opinion answered"))
    return locked


def _locked(plan: MergePlan) -> MergePlan:
    rows = MergePlan.objects.select_for_update(of=("self",))
    return rows.select_related("programme", "division").get(pk=plan.pk)


def _only_who_reviews(plan: MergePlan, user: User) -> None:
    if not any(entitled(plan, right, user) for right in (Right.REVIEW, Right.COUNTERSIGN)):
        raise PermissionDenied(_("Only those who review a plan give opinions on it."))


def _only_the_own_part(user: User, part: str) -> None:
    if not has_right(user, Right.REVIEW) and part != part_of(user):
        raise PermissionDenied(_("Your department gives opinions on its own part alone."))


def _given(text: str, name: str, missing: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise ValidationError({name: missing})
    if len(text) > LONGEST:
        raise ValidationError({name: _("Write at most %(n)d characters.") % {"n": LONGEST}})
    return text


def _label_of(plan: MergePlan, user: User, opinion: Opinion) -> str:
    """Return the name of the row that ``opinion`` is about; refuse a row that the plan lacks."""
    if opinion.subject == Opinion.Subject.PLAN:
        if opinion.subject_id is not None:
            raise ValidationError({"subject": _("The plan has no such row.")})
        return ""
    for read in document_of(plan, rights_of(user)):
        for line in read.lines:
            if (read.section.part, line.subject, line.subject_id) == (
                opinion.part,
                opinion.subject,
                opinion.subject_id,
            ):
                return line.label[:200]
    raise ValidationError({"subject": _("The plan has no such row.")})
