"""The admin: usable for every model, read by auditors, and never in the way of history."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from consolidation.admin.programmes import LinesField
from consolidation.models import Disposition, ExecutionStep, MergePlan, Programme, Target
from platforms_portal import admin as portal
from platforms_portal.access import Role
from platforms_portal.admin_rights import has_dependents
from platforms_portal.admin_rows import PortalInline
from tests import factories as make
from zones.models import Adjacency, Division, Industry, ManagementBody, Plate, Platform

APPS = (
    *("accounts", "zones", "consolidation", "staffing"),
    *("signals", "solver", "evaluation", "followup", "dashboards", "exchange"),
)
OURS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if not hasattr(model, "history_id")
]


def address(record: models.Model | type[models.Model], page: str = "changelist") -> str:
    """Return an address of a model or, with ``page`` change, delete or history, of a record."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}"
    return reverse(name, args=[record.pk] if isinstance(record, models.Model) else [])


def history(of: Any) -> Any:
    """Return the history of a record, or of all records of a model."""
    return of.history


def sign_in(client: Client, role: str, **fields: Any) -> Client:
    client.force_login(make.make_user(role, **fields))
    return client


@pytest.fixture
def administrator(client: Client) -> Client:
    return sign_in(client, Role.ADMINISTRATOR)


@pytest.fixture
def auditor(client: Client) -> Client:
    return sign_in(client, Role.AUDITOR)


@pytest.fixture
def programme() -> Programme:
    return make.make_programme()


@pytest.fixture
def division(programme: Programme) -> Division:
    return make.make_division(programme)


@pytest.fixture
def plan(programme: Programme, division: Division) -> MergePlan:
    return make.make_plan(programme, division)


def form_of(client: Client, path: str) -> dict[str, Any]:
    """Return what a browser would send if the form at ``path`` were saved unchanged."""
    context = client.get(path).context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                sent[bound.html_name] = "on"
            elif value is not None and value is not False:
                sent[bound.html_name] = value
    return sent


class TestEveryModel:
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_is_found_searched_and_narrowed(self, model: type[models.Model]) -> None:
        page = admin.site.get_model_admin(model)
        assert page.search_fields
        assert page.list_display != ("__str__",)
        assert page.show_full_result_count is False
        selects = {field.name for field in model._meta.fields if field.remote_field}
        assert selects <= set(page.autocomplete_fields)
        for inline in page.get_inlines(HttpRequest(), None):
            assert inline.fields, f"{inline} sends every field"
            chosen = {f.name for f in inline.model._meta.fields if f.remote_field} & set(
                inline.fields
            )
            assert chosen <= set(inline.autocomplete_fields), inline

    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_that_has_history_shows_it_and_deletes_nothing_in_bulk(
        self, model: type[models.Model]
    ) -> None:
        page = admin.site.get_model_admin(model)
        assert isinstance(page, portal.PortalAdmin) or not hasattr(model, "history")
        request = RequestFactory().get("/")
        request.user = User(role=Role.ADMINISTRATOR)
        assert "delete_selected" not in page.get_actions(request)

    def test_and_no_library_opens_a_back_door(self) -> None:
        others = {model._meta.label for model in admin.site._registry} - {
            model._meta.label for model in OURS
        }
        assert others == {"authtoken.TokenProxy"}


@pytest.mark.django_db
class TestWhoMayEnter:
    @pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ADMINISTRATOR, Role.AUDITOR}))
    def test_other_roles_are_refused_whatever_django_calls_staff(
        self, client: Client, role: str, division: Division
    ) -> None:
        sign_in(client, role, division=division, is_staff=True)
        assert client.get(reverse("admin:index")).status_code == 403
        assert client.get(address(Platform)).status_code == 403

    def test_a_stranger_comes_to_the_portals_own_door(self, client: Client) -> None:
        response = client.get(address(Platform), follow=True)
        path, _ = response.redirect_chain[-1]
        assert path == f"{reverse('login')}?next={address(Platform)}"
        assert sign_in(client, Role.AUDITOR).get(reverse("admin:login")).headers[
            "Location"
        ] == reverse("admin:index")

    def test_a_superuser_may_administer(self, client: Client) -> None:
        sign_in(client, Role.ANALYST, is_superuser=True)
        assert client.get(address(Industry, "add")).status_code == 200

    def test_an_auditor_reads_and_changes_nothing(self, auditor: Client, plan: MergePlan) -> None:
        assert auditor.get(address(plan, "change")).status_code == 200
        assert auditor.get(address(plan, "history")).status_code == 200
        version = history(plan).first()
        old = reverse("admin:consolidation_mergeplan_simple_history", args=[plan.pk, version.pk])
        assert auditor.get(old).status_code == 200
        sent = {"programme": plan.programme_id, "division": plan.division_id, "version": 9}
        for path in (address(plan, "change"), address(plan, "delete"), address(MergePlan, "add")):
            assert auditor.post(path, sent).status_code == 403
        assert auditor.post(old, sent).status_code == 403
        plan.refresh_from_db()
        assert plan.version == 1
        assert history(plan).count() == 1

    def test_not_even_an_administrator_rewinds(
        self, administrator: Client, plan: MergePlan
    ) -> None:
        version = history(plan).first()
        old = reverse("admin:consolidation_mergeplan_simple_history", args=[plan.pk, version.pk])
        assert administrator.post(old, {"version": 9}).status_code == 403


@pytest.mark.django_db
class TestConstantQueries:
    @pytest.mark.parametrize(
        "model", [Platform, ManagementBody, Plate, MergePlan, Disposition, ExecutionStep]
    )
    def test_a_list_asks_as_often_for_one_row_as_for_many(
        self, administrator: Client, programme: Programme, model: type[models.Model]
    ) -> None:
        asked = []
        for _ in range(2):
            for _ in range(3):
                _grow(programme)
            with CaptureQueriesContext(connection) as queries:
                assert administrator.get(address(model)).status_code == 200
            asked.append(len(queries))
        assert asked[0] == asked[1]

    @pytest.mark.parametrize("shown", ["plan", "programme", "platform"])
    def test_so_does_a_page_with_its_inlines(
        self, administrator: Client, programme: Programme, shown: str
    ) -> None:
        division = make.make_division(programme)
        plan = make.make_plan(programme, division)
        platform = make.make_platform(programme, division)
        record = {"plan": plan, "programme": programme, "platform": platform}[shown]
        asked = []
        for _ in range(2):
            for _ in range(2):
                _grow(programme, plan)
                make.make_plate(programme, platform)
            administrator.get(address(record, "change"))
            with CaptureQueriesContext(connection) as queries:
                assert administrator.get(address(record, "change")).status_code == 200
            asked.append(len(queries))
        assert asked[0] == asked[1]


def _grow(programme: Programme, plan: MergePlan | None = None) -> None:
    division = make.make_division(programme)
    plan = plan or make.make_plan(programme, division)
    target = make.make_platform(programme, division)
    platform = make.make_platform(programme, division)
    body = make.make_body(programme, division, platform)
    make.make_plate(programme, platform)
    disposition = make.dispose(plan, platform, Disposition.Kind.MERGE, target=target)
    make.dispose_body(plan, body, "keep", serves=target)
    ExecutionStep.objects.create(disposition=disposition, title="公布")


@pytest.mark.django_db
class TestDeleting:
    def test_is_possible_where_nothing_depends_on_the_record(self, administrator: Client) -> None:
        industry = Industry.objects.create(name="生物医药")
        administrator.post(address(industry, "delete"), {"post": "yes"})
        assert not Industry.objects.exists()
        assert history(Industry).latest().history_type == "-"

    def test_is_refused_where_something_does(
        self, administrator: Client, plan: MergePlan, programme: Programme, division: Division
    ) -> None:
        make.dispose(plan, make.make_platform(programme, division), "abolish")
        for record in (plan, programme, division):
            assert has_dependents(record)
            assert administrator.post(address(record, "delete"), {"post": "yes"}).status_code == 403
        assert "deletelink" not in administrator.get(address(plan, "change")).content.decode()

    def test_a_tasks_departments_are_its_own_values(self, programme: Programme) -> None:
        task = programme.tasks.create(clause="三", title="示例")
        department = make.make_department(programme)
        task.departments.add(department)
        assert not has_dependents(task)
        assert has_dependents(department)

    def test_an_account_that_did_something_stays(self, programme: Programme) -> None:
        user = make.make_user(Role.ADMINISTRATOR)
        assert not has_dependents(user)
        programme._history_user = user  # type: ignore[attr-defined]  # the library's way in
        programme.save()
        user = type(user).objects.get(pk=user.pk)
        assert has_dependents(user)


@pytest.mark.django_db
class TestHistoryPages:
    def test_tell_who_when_and_what_in_the_readers_words(
        self, administrator: Client, plan: MergePlan
    ) -> None:
        sent = form_of(administrator, address(plan, "change"))
        sent |= {"state": "approved", "is_placeholder": "on"}
        assert administrator.post(address(plan, "change"), sent).status_code == 302
        page = administrator.get(address(plan, "history")).content.decode()
        plan.refresh_from_db()
        assert plan.get_state_display() in page
        assert "is_placeholder" not in page
        change = history(plan).first()
        assert change.request_id in page
        assert change.actor in page

    def test_a_password_is_never_told(self, administrator: Client) -> None:
        user = make.make_user(Role.ANALYST)
        old = user.password
        user.set_password("another-long-password")
        user.save()
        pages = [address(user, "history")]
        for change in history(user).all():
            assert not hasattr(change, "password")
            pages.append(reverse("admin:accounts_user_simple_history", args=[user.pk, change.pk]))
        for page in pages:
            shown = administrator.get(page).content.decode()
            assert old not in shown
            assert user.password not in shown

    def test_an_old_version_is_shown_as_it_was_and_cannot_be_edited(
        self, auditor: Client, programme: Programme
    ) -> None:
        task = programme.tasks.create(clause="三", title="旧任务")
        version = history(task).first()
        task.title = "新任务"
        task.save()
        path = reverse("admin:consolidation_task_simple_history", args=[task.pk, version.pk])
        page = auditor.get(path).content.decode()
        assert "旧任务" in page
        assert 'name="title"' not in page


@pytest.mark.django_db
class TestFindings:
    def test_stand_on_the_programmes_page_in_three_states(
        self, administrator: Client, programme: Programme
    ) -> None:
        for state in ("baseline", "planned", "actual"):
            findings = administrator.get(address(programme, "change"), {"state": state}).context[
                "findings"
            ]
            assert [tab["state"] for tab in findings["tabs"] if tab["current"]] == [state]
            assert {finding.rule for finding in findings["rows"]} >= {"R01", "R02", "R03"}
        wrong = administrator.get(address(programme, "change"), {"state": "nonsense"})
        assert wrong.context["findings"]["tabs"][1]["current"]

    def test_of_a_plan_are_those_of_its_owner_with_its_own_draft(
        self, administrator: Client, programme: Programme, division: Division
    ) -> None:
        other = make.make_division(programme)
        for owner in (division, other):
            make.make_retained(programme, make.make_platform(programme, owner))
        draft = make.make_plan(programme, division, MergePlan.State.DRAFT)
        findings = administrator.get(address(draft, "change")).context["findings"]
        assert {finding.scope.division.pk for finding in findings["rows"]} == {division.pk}
        (disposed,) = (finding for finding in findings["rows"] if finding.rule == "R06")
        assert disposed.status == "not_met"
        make.dispose(draft, division.platforms.get(), Disposition.Kind.UPGRADE)
        findings = administrator.get(address(draft, "change")).context["findings"]
        (disposed,) = (finding for finding in findings["rows"] if finding.rule == "R06")
        assert disposed.status == "met"

    def test_say_that_they_rest_on_placeholders(
        self, administrator: Client, programme: Programme, division: Division
    ) -> None:
        make.make_platform(programme, division, is_placeholder=True)
        response = administrator.get(address(programme, "change"))
        assert response.context["findings"]["placeholders"]
        assert "pp-placeholder" in response.content.decode()
        assert "pp-placeholder" in administrator.get(address(Platform)).content.decode()


@pytest.mark.django_db
class TestForms:
    def test_a_programmes_lists_are_ticked_and_written_in_lines(
        self, administrator: Client, programme: Programme
    ) -> None:
        path = address(programme, "change")
        sent = form_of(administrator, path)
        sent |= {"counted_categories": ["public"], "exempt_titles": "主任\n\n 党工委书记 \n"}
        assert administrator.post(path, sent).status_code == 302
        programme.refresh_from_db()
        assert programme.counted_categories == ["public"]
        assert programme.exempt_titles == ["主任", "党工委书记"]

    def test_lines_are_unchanged_where_they_say_the_same(self) -> None:
        field = LinesField()
        assert not field.has_changed(["主任"], "主任\n")
        assert field.has_changed(["主任"], "主任\n书记")
        assert field.prepare_value("主任") == "主任"

    def test_a_target_is_changed_on_the_programmes_page_with_history(
        self, administrator: Client, programme: Programme
    ) -> None:
        path = address(programme, "change")
        sent = form_of(administrator, path)
        target = programme.targets.get(rule="R02")
        (row,) = (name for name, value in sent.items() if name.endswith("-rule") and value == "R02")
        sent[row.replace("-rule", "-numerator")] = "70"
        assert administrator.post(path, sent).status_code == 302
        target.refresh_from_db()
        assert target.numerator == 70
        change = history(Target).filter(id=target.pk).first()
        assert change.actor
        assert LogEntry.objects.count() == 1

    def test_what_does_not_fit_on_the_page_is_linked_to(
        self, administrator: Client, programme: Programme, plan: MergePlan, monkeypatch: Any
    ) -> None:
        make.dispose(plan, make.make_platform(programme, plan.division), "abolish")
        monkeypatch.setattr(portal, "FIELDS_ON_A_PAGE", 5)
        context = administrator.get(address(plan, "change")).context
        shown = [formset.formset.model for formset in context["inline_admin_formsets"]]
        assert Disposition not in shown
        (long,) = context["long_lists"]
        assert long["rows"] == 1
        rows = administrator.get(long["address"])
        assert [row.plan_id for row in rows.context["cl"].queryset] == [plan.pk]

    def test_staffing_adds_its_rows_to_pages_that_do_not_know_it(self) -> None:
        for model, names in (
            (ManagementBody, {"HeadCount"}),
            (MergePlan, {"StaffPlan", "Redeployment"}),
        ):
            inlines = admin.site.get_model_admin(model).get_inlines(HttpRequest(), None)
            assert names <= {inline.model.__name__ for inline in inlines}

    def test_a_boundary_is_entered_once_and_kept_in_both_directions(
        self, administrator: Client, programme: Programme
    ) -> None:
        one, two = make.make_division(programme), make.make_division(programme)
        administrator.post(address(Adjacency, "add"), {"division": one.pk, "neighbour": two.pk})
        assert Adjacency.objects.count() == 2
        pair = Adjacency.objects.get(division=two)
        assert administrator.post(address(pair, "change"), {}).status_code == 403
        administrator.post(address(pair, "delete"), {"post": "yes"})
        assert not Adjacency.objects.exists()

    def test_choices_tell_what_bears_one_name_apart(
        self, administrator: Client, programme: Programme
    ) -> None:
        day = datetime.date(2021, 4, 9)
        make.make_division(programme, name="余杭区", code="330110", valid_to=day)
        make.make_division(programme, name="余杭区", code="330110", valid_from=day)
        asked = {"app_label": "zones", "model_name": "platform", "field_name": "division"}
        answer = administrator.get(reverse("admin:autocomplete"), asked | {"term": "余杭"}).json()
        assert {choice["text"] for choice in answer["results"]} == {
            "余杭区 (330110 – 2021-04-09)",
            "余杭区 (330110 2021-04-09 –)",
        }
        platform = make.make_platform(programme, make.make_division(programme))
        asked = {"app_label": "zones", "model_name": "plate", "field_name": "platform"}
        answer = administrator.get(reverse("admin:autocomplete"), asked).json()
        assert [choice["text"] for choice in answer["results"]] == [f"{platform} ({platform.code})"]


@pytest.mark.django_db
class TestSteps:
    """A decision says that it was carried out once all its steps are confirmed, and not before."""

    @pytest.fixture
    def disposition(self, programme: Programme, plan: MergePlan) -> Disposition:
        return make.dispose(plan, make.make_platform(programme, plan.division), "abolish")

    def test_on_the_decisions_page(self, administrator: Client, disposition: Disposition) -> None:
        step = disposition.steps.create(title="公布")
        path = address(disposition, "change")
        sent = form_of(administrator, path)
        sent |= {"steps-0-carried_out_on": "2021-03-01", "steps-0-confirmed_on": "2021-03-02"}
        assert administrator.post(path, sent).status_code == 302
        disposition.refresh_from_db()
        step.refresh_from_db()
        assert disposition.confirmed_on == step.confirmed_on == datetime.date(2021, 3, 2)

    def test_on_the_steps_own_page(self, administrator: Client, disposition: Disposition) -> None:
        days = {"carried_out_on": "2021-03-01", "confirmed_on": "2021-03-02"}
        done = disposition.steps.create(title="公布", **days)
        left = disposition.steps.create(title="挂牌")
        path = address(left, "change")
        administrator.post(path, form_of(administrator, path) | days)
        assert self.settled_on(disposition) == datetime.date(2021, 3, 2)
        path = address(done, "change")
        administrator.post(path, form_of(administrator, path) | {"confirmed_on": ""})
        assert self.settled_on(disposition) is None
        administrator.post(address(done, "delete"), {"post": "yes"})
        assert self.settled_on(disposition) == datetime.date(2021, 3, 2)

    def settled_on(self, disposition: Disposition) -> datetime.date | None:
        return Disposition.objects.get(pk=disposition.pk).confirmed_on


@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_autocompletes_and_rows_work_under_the_strict_policy_in_chinese(
        self, live_server: LiveServer, page: Page
    ) -> None:
        programme = make.make_programme()
        platform = make.make_platform(programme, make.make_division(programme, name="示例区甲"))
        make.make_division(programme, name="示例区乙")
        user = make.make_user(Role.ADMINISTRATOR, username="admin", full_name="张三")
        problems: list[str] = []
        page.on(
            "console", lambda line: problems.append(line.text) if line.type == "error" else None
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{live_server.url}{reverse('login')}?next={address(platform, 'change')}")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", make.PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
        page.click(".field-division .select2-selection")
        page.keyboard.type("示例区乙")
        page.click(".select2-results__option:has-text('示例区乙')")
        page.click("#names-group .add-row a")
        page.fill("#id_names-0-name", "曾用名")
        page.click("[name=_save]")
        expect(page.locator(".messagelist .success")).to_be_visible()
        page.wait_for_load_state("networkidle")
        platform.refresh_from_db()
        assert platform.division.name == "示例区乙"
        assert [name.name for name in platform.names.all()] == ["曾用名"]
        assert problems == []


def test_rows_of_an_inline_are_told_by_the_field_that_leads_to_the_record() -> None:
    for page in admin.site._registry.values():
        for inline in page.get_inlines(HttpRequest(), None):
            row = inline(page.model, admin.site)
            assert isinstance(row, PortalInline)
            assert row.opts.get_field(row.key_name()).related_model is page.model
