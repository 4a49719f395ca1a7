"""``create_demo_accounts``: one account for each role, to try the portal on a developer's machine."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import create_account
from platforms_portal.access import Role
from zones.models import Department, Division

if TYPE_CHECKING:
    from collections.abc import Sequence

# Everybody may know it: the command refuses to run on a server.
PASSWORD = "zhenghe-yanshi-2020"  # noqa: S105

FIRST = "load_programme fixtures/hangzhou"


@dataclass(frozen=True)
class Demo:
    """One account: its division by GB/T 2260 code, or its department by name."""

    username: str
    full_name: str
    role: Role
    division: str = ""
    department: str = ""


DEMOS = (
    Demo("yuhang", "余杭区经办人(演示)", Role.DISTRICT_OFFICIAL, division="330110"),
    Demo("yuhang-leader", "余杭区负责人(演示)", Role.DISTRICT_LEADER, division="330110"),
    Demo("xiaoshan", "萧山区经办人(演示)", Role.DISTRICT_OFFICIAL, division="330109"),
    Demo("gongshu", "拱墅区经办人(演示)", Role.DISTRICT_OFFICIAL, division="330105"),
    Demo("jiande", "建德市经办人(演示)", Role.DISTRICT_OFFICIAL, division="330182"),
    Demo(
        "reviewer",
        "市发改委审核员(演示)",
        Role.COMMISSION_REVIEWER,
        department="市发改委",
    ),
    Demo("bianban", "市委编办会签人(演示)", Role.COUNTERSIGNER, department="市委编办"),
    Demo("zuzhibu", "市委组织部会签人(演示)", Role.COUNTERSIGNER, department="市委组织部"),
    Demo("analyst", "分析人员(演示)", Role.ANALYST),
    Demo("auditor", "审计员(演示)", Role.AUDITOR),
    Demo("admin", "系统管理员(演示)", Role.ADMINISTRATOR),
)


class Command(BaseCommand):
    """Creates what is missing, leaves what is there, and prints who can sign in and how."""

    help = "Creates one demo account per role and prints them; only where DEBUG is on."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django names them
        """Create the accounts; refuse with ``CommandError`` on a server or without divisions."""
        with override(settings.LANGUAGE_CODE):
            if not settings.DEBUG:
                raise CommandError(
                    _(
                        "Demo accounts are refused: DEBUG is off, and everybody knows their "
                        "password. Create accounts in the administration instead."
                    )
                )
            with transaction.atomic():
                users = [_account(demo) for demo in DEMOS]
            self.stdout.write(_table(users))


def _account(demo: Demo) -> User:
    known = User.objects.filter(username=demo.username).first()
    if known is not None:
        return known
    return create_account(
        username=demo.username,
        password=PASSWORD,
        role=demo.role,
        full_name=demo.full_name,
        division=_division(demo.division) if demo.division else None,
        department=_department(demo.department) if demo.department else None,
        actor="create_demo_accounts",
        reason=_("Demo account"),
    )


def _division(code: str) -> Division:
    # The first of a code is the division of the baseline, which owns the records.
    found = (
        Division.objects.filter(code=code).order_by(F("valid_from").asc(nulls_first=True)).first()
    )
    if found is None:
        raise CommandError(
            _("There is no division %(code)s yet. Run first: manage.py %(command)s")
            % {"code": code, "command": FIRST}
        )
    return found


def _department(name: str) -> Department:
    found = Department.objects.filter(name=name).order_by("pk").first()
    if found is None:
        raise CommandError(
            _("There is no department %(name)s yet. Run first: manage.py %(command)s")
            % {"name": name, "command": FIRST}
        )
    return found


def _table(users: Sequence[User]) -> str:
    heading = (_("User name"), _("Password"), _("Role"), _("Division or department"))
    rows = [heading, *(_row(user) for user in users)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(heading))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _row(user: User) -> tuple[str, str, str, str]:
    password = PASSWORD if user.check_password(PASSWORD) else _("(changed since, and kept)")
    place = user.division or user.department
    inactive = "" if user.is_active else _(" (inactive)")
    return (
        user.username,
        password + inactive,
        user.get_role_display(),
        str(place) if place else _("the whole city"),
    )


def _width(text: str) -> int:
    # Chinese characters take two columns of a terminal.
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
