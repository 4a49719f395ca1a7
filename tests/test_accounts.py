"""Accounts: how they are made, changed and locked."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.management.commands.create_demo_accounts import DEMOS, PASSWORD
from accounts.models import User
from accounts.services import create_account
from platforms_portal.access import (
    DISTRICT_ROLES,
    RIGHTS,
    Countersigns,
    Right,
    Role,
    rights_of,
)
from platforms_portal.admin_rights import may_look
from platforms_portal.templatetags.portal_admin import may_open_admin
from tests import factories as make
from zones.models import Department, Division

STRONG = "an-unusual-pass-phrase"


def history(user: User) -> Any:
    """Return the history of an account, the newest first."""
    return user.history


@pytest.fixture
def divisions() -> Division:
    """What the demo accounts need of Hangzhou's programme."""
    city = Division.objects.create(code="330100", name="杭州市", level=Division.Level.MUNICIPAL)
    for code, name in (
        ("330105", "拱墅区"),
        ("330109", "萧山区"),
        ("330110", "余杭区"),
        ("330182", "建德市"),
    ):
        Division.objects.create(code=code, name=name, parent=city, valid_to="2021-04-09")
        Division.objects.create(code=code, name=name, parent=city, valid_from="2021-04-09")
    for name in ("市发改委", "市委编办", "市委组织部"):
        Department.objects.create(division=city, name=name)
    return city


def demo_accounts() -> str:
    """Run the command and return what it printed."""
    printed = StringIO()
    call_command("create_demo_accounts", stdout=printed)
    return printed.getvalue()


@pytest.fixture
def developing(settings: Settings) -> Settings:
    # The test runner takes DEBUG away.
    settings.DEBUG = True
    return settings


@pytest.mark.django_db
class TestCreating:
    def test_an_account_records_who_made_it_and_why(self) -> None:
        user = create_account(
            username="zhang",
            password=STRONG,
            role=Role.ANALYST,
            full_name="张三",
            actor="loader",
            reason="新进人员",
        )
        assert user.check_password(STRONG)
        change = history(user).get()
        assert (change.actor, change.history_change_reason) == ("loader", "新进人员")

    @pytest.mark.parametrize("weak", ["short", "password1234", "123456789012345", "zhangsan-zhang"])
    def test_a_weak_password_is_refused(self, weak: str) -> None:
        with pytest.raises(ValidationError):
            create_account(
                username="zhangsan-zhang", password=weak, role=Role.ANALYST, actor="loader"
            )

    def test_a_role_needs_its_division_or_department(self) -> None:
        for role in (Role.DISTRICT_OFFICIAL, Role.DISTRICT_LEADER, Role.COUNTERSIGNER):
            with pytest.raises(ValidationError):
                create_account(username="zhang", password=STRONG, role=role, actor="loader")
        assert not User.objects.exists()

    def test_a_name_is_taken_once(self) -> None:
        make.make_user(username="zhang")
        with pytest.raises(ValidationError):
            create_account(username="zhang", password=STRONG, role=Role.ANALYST, actor="loader")


@pytest.mark.django_db
class TestDemoAccounts:
    @pytest.mark.usefixtures("divisions")
    def test_are_refused_on_a_server(self, settings: Settings) -> None:
        settings.DEBUG = False
        with pytest.raises(CommandError, match="DEBUG"):
            demo_accounts()
        assert not User.objects.exists()

    @pytest.mark.usefixtures("developing")
    def test_say_what_to_run_first(self) -> None:
        with pytest.raises(CommandError, match="load_programme fixtures/hangzhou"):
            demo_accounts()
        city = Division.objects.create(code="330110", name="余杭区")
        Division.objects.create(code="330109", name="萧山区", parent=city)
        with pytest.raises(CommandError, match="load_programme fixtures/hangzhou"):
            demo_accounts()
        assert not User.objects.exists()

    @pytest.mark.usefixtures("developing", "divisions")
    def test_there_is_one_for_every_role_and_all_can_sign_in(self, client: Client) -> None:
        printed = demo_accounts()
        assert {demo.role for demo in DEMOS} == set(Role)
        for demo in DEMOS:
            assert demo.username in printed
            assert client.login(username=demo.username, password=PASSWORD)
        official = User.objects.get(username="yuhang")
        assert official.division is not None
        assert official.division.valid_from is None, "the division that owns the baseline"
        assert PASSWORD in printed
        assert "余杭区" in printed

    def test_their_password_is_as_strong_as_any(self) -> None:
        create_account(username="demo", password=PASSWORD, role=Role.ANALYST, actor="test")

    @pytest.mark.usefixtures("developing", "divisions")
    def test_a_second_run_changes_nothing_and_tells_what_was_changed_since(self) -> None:
        first = demo_accounts()
        assert demo_accounts() == first
        user = User.objects.get(username="analyst")
        user.set_password(STRONG)
        user.is_active = False
        user.save()
        second = demo_accounts()
        user.refresh_from_db()
        assert user.check_password(STRONG)
        assert second.count(PASSWORD) == len(DEMOS) - 1
        assert User.objects.count() == len(DEMOS)


def sent_for(user: User, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends when an account is saved."""
    return {
        "username": user.username,
        "full_name": user.full_name,
        "email": "",
        "role": user.role,
        "division": user.division_id or "",
        "department": user.department_id or "",
        "is_active": "on",
        **changed,
    }


@pytest.mark.django_db
class TestAdministering:
    @pytest.fixture(autouse=True)
    def administrator(self, client: Client) -> User:
        user = make.make_user(Role.ADMINISTRATOR, username="boss")
        client.force_login(user)
        return user

    def test_a_new_account_needs_a_strong_password(self, client: Client) -> None:
        path = reverse("admin:accounts_user_add")
        sent = {"username": "zhang", "full_name": "张三", "email": "", "role": "analyst"}
        for weak in ("", "short", "password1234"):
            response = client.post(path, sent | {"password1": weak, "password2": weak})
            assert response.status_code == 200
        assert not User.objects.filter(username="zhang").exists()
        client.post(path, sent | {"password1": STRONG, "password2": STRONG})
        user = User.objects.get(username="zhang")
        assert user.check_password(STRONG)
        assert history(user).get().actor == "boss"

    def test_a_district_role_needs_a_division(self, client: Client) -> None:
        sent = {"username": "zhang", "full_name": "", "email": "", "role": "district_official"}
        sent |= {"password1": STRONG, "password2": STRONG}
        response = client.post(reverse("admin:accounts_user_add"), sent)
        assert response.status_code == 200
        assert response.context["errors"]

    def test_a_change_of_role_is_recorded(self, client: Client) -> None:
        user = make.make_user(Role.ANALYST)
        path = reverse("admin:accounts_user_change", args=[user.pk])
        assert client.post(path, sent_for(user, role=Role.AUDITOR)).status_code == 302
        change, creation = history(user).all()
        assert change.actor == "boss"
        (delta,) = change.diff_against(creation, excluded_fields=["last_login"]).changes
        assert (delta.field, delta.old, delta.new) == ("role", Role.ANALYST, Role.AUDITOR)

    @pytest.mark.parametrize("changed", [{"role": Role.ANALYST}, {"is_active": ""}])
    def test_nobody_shuts_himself_out(
        self, client: Client, administrator: User, changed: dict[str, str]
    ) -> None:
        path = reverse("admin:accounts_user_change", args=[administrator.pk])
        response = client.post(path, sent_for(administrator, **changed))
        assert response.status_code == 200
        assert response.context["errors"]
        administrator.refresh_from_db()
        assert administrator.role == Role.ADMINISTRATOR
        assert administrator.is_active

    def test_a_superuser_is_out_of_reach(self, client: Client) -> None:
        root = make.make_user(Role.ANALYST, is_superuser=True)
        path = reverse("admin:accounts_user_change", args=[root.pk])
        assert client.get(path).status_code == 200
        assert client.post(path, sent_for(root)).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[root.pk])
        assert client.get(password).status_code == 403
        delete = reverse("admin:accounts_user_delete", args=[root.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        assert root.password not in client.get(path).content.decode()

    def test_only_administrators_see_the_keys_of_programs(
        self, client: Client, administrator: User
    ) -> None:
        path = reverse("admin:authtoken_tokenproxy_changelist")
        assert client.get(path).status_code == 200
        client.post(reverse("admin:authtoken_tokenproxy_add"), {"user": administrator.pk})
        key = administrator.auth_token.key
        # Told once, to whoever made it.
        assert key in client.get(path).content.decode()
        assert key not in client.get(path).content.decode()
        client.force_login(make.make_user(Role.AUDITOR))
        assert client.get(path).status_code == 403
        assert path not in client.get(reverse("admin:index")).content.decode()

    def test_who_may_open_the_admin_is_told_by_role(self) -> None:
        for role in Role:
            user = User(role=role, is_staff=True)
            opens = role in {Role.ADMINISTRATOR, Role.AUDITOR}
            assert may_open_admin(user) is may_look(user) is opens
        assert not may_look(User(role=Role.ADMINISTRATOR, is_active=False))


@pytest.mark.django_db
class TestLockout:
    @pytest.fixture(autouse=True)
    def _counting(self, settings: Settings) -> None:
        settings.AXES_ENABLED = True

    def attempt(self, client: Client, password: str) -> Any:
        return client.post(reverse("login"), {"username": "zhang", "password": password})

    def shut(self, client: Client) -> Any:
        response = None
        for _ in range(site.AXES_FAILURE_LIMIT):
            response = self.attempt(client, "wrong")
        return response

    def test_too_many_wrong_passwords_close_the_door_with_a_clear_page(
        self, client: Client
    ) -> None:
        make.make_user(username="zhang")
        response = self.shut(client)
        assert response.status_code == 429
        assert "accounts/locked.html" in [template.name for template in response.templates]
        page = response.content.decode()
        assert str(site.AXES_FAILURE_LIMIT) in page
        assert "15" in page
        # The right password does not open it.
        assert self.attempt(client, make.PASSWORD).status_code == 429
        assert "_auth_user_id" not in client.session

    def test_others_come_in_meanwhile(self, client: Client) -> None:
        make.make_user(username="zhang")
        make.make_user(username="li")
        self.shut(client)
        sent = {"username": "li", "password": make.PASSWORD}
        assert client.post(reverse("login"), sent).status_code == 302

    def test_an_administrator_opens_it(self, client: Client) -> None:
        user = make.make_user(username="zhang")
        self.shut(client)
        desk = Client()
        desk.force_login(make.make_user(Role.ADMINISTRATOR))
        response = desk.post(
            reverse("admin:accounts_user_changelist"),
            {"action": "let_sign_in", "_selected_action": [user.pk]},
        )
        assert response.status_code == 302
        assert self.attempt(client, make.PASSWORD).status_code == 302

    def test_an_auditor_does_not(self, client: Client) -> None:
        user = make.make_user(username="zhang")
        self.shut(client)
        desk = Client()
        desk.force_login(make.make_user(Role.AUDITOR))
        sent = {"action": "let_sign_in", "_selected_action": [user.pk]}
        desk.post(reverse("admin:accounts_user_changelist"), sent)
        assert self.attempt(client, make.PASSWORD).status_code == 429


@pytest.mark.django_db
class TestSessions:
    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, client: Client) -> None:
        make.make_user(username="zhang")
        sent = {"username": "zhang", "password": make.PASSWORD}
        cookie = client.post(reverse("login"), sent).cookies[site.SESSION_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    def test_a_new_password_is_judged_too(self, client: Client) -> None:
        client.force_login(make.make_user())
        sent = {"old_password": make.PASSWORD, "new_password1": "short", "new_password2": "short"}
        response = client.post(reverse("password_change"), sent)
        assert response.status_code == 200
        assert response.context["form"].errors


class TestTheDocument:
    """docs/roles.md says what the code does."""

    def table(self, heading: str, number: int = 0) -> list[list[str]]:
        """Return the rows of a table below a heading, without its head."""
        text = (site.BASE_DIR / "docs" / "roles.md").read_text(encoding="utf-8")
        section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
        parts = [part.strip() for part in section.split("\n\n")]
        lines = [part for part in parts if part.startswith("|")][number].splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return [rows[0], *rows[2:]]

    def test_names_every_role_and_its_demo_accounts(self) -> None:
        _, *rows = self.table("Who")
        assert [row[0].strip("`") for row in rows] == Role.values
        for role, _chinese, accounts, needs in rows:
            of_role = [demo for demo in DEMOS if demo.role == role.strip("`")]
            assert accounts == ", ".join(f"`{demo.username}`" for demo in of_role)
            assert needs == _needs(role.strip("`"))

    def test_tells_every_right_of_every_role(self) -> None:
        (_, *roles), *rows = self.table("May see and do")
        assert [row[0].split("`")[1] for row in rows] == Right.values
        for cell, *marks in rows:
            right = cell.split("`")[1]
            told = {role.strip("`"): mark for role, mark in zip(roles, marks, strict=True)}
            assert told == {role: _mark(role, right) for role in Role.values}

    def test_tells_what_a_department_adds(self) -> None:
        _, *rows = self.table("May see and do", 1)
        assert [row[0].split("`")[1] for row in rows] == Countersigns.values
        for signs, adds in rows:
            department = Department(countersigns=signs.split("`")[1])
            user = User(role=Role.COUNTERSIGNER, department=department)
            added = rights_of(user) - RIGHTS[Role.COUNTERSIGNER]
            assert set(adds.replace(",", "").replace("`", "").split()) == added


def _needs(role: str) -> str:
    if role in DISTRICT_ROLES:
        return "a division"
    return "a department" if role == Role.COUNTERSIGNER else ""


def _mark(role: str, right: str) -> str:
    if right in RIGHTS[role]:
        return "yes"
    by_department = {Right.VIEW_BODIES, Right.VIEW_PEOPLE, Right.COUNTERSIGN}
    return "by department" if role == Role.COUNTERSIGNER and right in by_department else "no"
