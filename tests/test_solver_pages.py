"""Runs of the solver: asked for, done by the worker, shown, laid beside a draft; who sees what."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consolidation.checks.run import run_checks
from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    Programme,
    RetainedPlatform,
)
from consolidation.selectors.readiness import view_with
from consolidation.selectors.state import State, state_view
from platforms_portal.access import Role
from solver.engine.proposal import Change, Subject
from solver.engine.search import Progress
from solver.engine.situation import MODELLED, Mode, Wishes
from solver.models import LOST_AFTER, SolverRun
from solver.selectors.reading import Asked, read_situation
from solver.selectors.runs import asked_of, has_moved, runs_visible_to
from solver.services import solving
from solver.services.asking import ask, ask_again, cancel
from solver.services.variants import show_as_variant
from solver.services.verifying import findings_with
from tests import factories as f
from zones.models import Division, Level, Platform

pytestmark = pytest.mark.django_db

OPTIONS: dict[str, Any] = {
    "rules": list(MODELLED),
    "mode": Mode.EVERYTHING,
    "may_designate": True,
    "list_may_change": True,
    "far_with_reason": False,
    "transform_into": "",
    "pinned": [],
}


@dataclass
class City:
    """Two divisions. The draft of the first abolishes a national platform and leaves one open."""

    programme: Programme
    division: Division
    other: Division
    draft: MergePlan
    stays: Platform
    national: Platform
    unsaid: Platform
    users: dict[str, User] = field(default_factory=dict)

    def url(self, name: str, *more: Any) -> str:
        """Return an address of the programme."""
        return reverse(name, args=[self.programme.code, *more])

    def client(self, who: str) -> Client:
        """Return the browser of one of the cast."""
        client = Client()
        client.force_login(self.users[who])
        return client


def _settled(programme: Programme, division: Division, state: str) -> tuple[MergePlan, Platform]:
    """A division whose plan keeps one platform with its body."""
    stays = f.make_platform(programme, division)
    f.make_retained(programme, stays, listed_name=f"{stays.name}（保留）")
    body = f.make_body(programme, division, stays)
    f.count_heads(body, 5, 5, 5)
    plan = f.make_plan(programme, division, state)
    f.dispose(plan, stays, Disposition.Kind.UPGRADE)
    f.dispose_body(plan, body, "keep", serves=stays)
    f.plan_heads(plan, body, 3, 3, 3)
    return plan, stays


@pytest.fixture
def city() -> City:
    programme = f.make_programme()
    division, other = f.make_division(programme), f.make_division(programme)
    draft, stays = _settled(programme, division, MergePlan.State.DRAFT)
    _settled(programme, other, MergePlan.State.SUBMITTED)
    f.make_plan(programme, programme.division)
    national = f.make_platform(programme, division, level=Level.NATIONAL)
    unsaid = f.make_platform(programme, division)
    f.dispose(draft, national, Disposition.Kind.ABOLISH)
    for platform in (national, unsaid):
        body = f.make_body(programme, division, platform)
        f.count_heads(body, 4, 0, 1)
    f.make_plate(programme, national)
    city = City(programme, division, other, draft, stays, national, unsaid)
    city.users = {
        "official": f.make_user(Role.DISTRICT_OFFICIAL, division=division),
        "colleague": f.make_user(Role.DISTRICT_OFFICIAL, division=division),
        "leader": f.make_user(Role.DISTRICT_LEADER, division=division),
        "foreigner": f.make_user(Role.DISTRICT_OFFICIAL, division=other),
        "reviewer": f.make_user(Role.COMMISSION_REVIEWER),
        "analyst": f.make_user(Role.ANALYST),
    }
    return city


Asker = Callable[..., SolverRun]


@pytest.fixture
def asked(city: City, django_capture_on_commit_callbacks: Any) -> Asker:
    """Ask for a run and let the worker do it."""

    def do(who: str = "official", owner: Division | None = None, **options: Any) -> SolverRun:
        user = city.users[who]
        with django_capture_on_commit_callbacks(execute=True):
            run = ask(
                programme=city.programme,
                owner=owner or user.division,
                options=OPTIONS | options,
                seconds=30,
                as_of=f.AS_OF,
                user=user,
            )
        run.refresh_from_db()
        return run

    return do


def result(run: SolverRun) -> dict[str, Any]:
    """Return what a run found."""
    assert run.result is not None
    found: dict[str, Any] = run.result
    return found


def texts(response: Any) -> str:
    """Return the page as text."""
    content: str = response.content.decode()
    return content


# --- What a run finds -----------------------------------------------------------------------------


def test_a_draft_is_mended_with_the_fewest_changes_and_the_rules_agree(
    city: City, asked: Asker
) -> None:
    run = asked()
    assert run.state == SolverRun.State.SOLVED
    found = result(run)
    assert found["aims"]["changes"] == 2
    assert found["proven"]["changes"]
    assert found["disagreements"] == []
    kinds = {c["record"]["id"]: c["after"]["kind"] for c in found["changes"][:2]}
    assert kinds[city.national.pk] == "merge"
    assert city.unsaid.pk in kinds
    assert {c["after"]["fate"] for c in found["changes"] if c["subject"] == "body"} == {"abolish"}


def test_nothing_of_a_run_stays_in_plans_or_lists(city: City, asked: Asker) -> None:
    def everything() -> list[Any]:
        models = (Disposition, BodyDisposition, RetainedPlatform, MergePlan, Programme)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = everything()
    asked()
    asked("reviewer")
    assert everything() == before


def test_the_situation_is_the_state_that_everything_else_counts(city: City) -> None:
    read = read_situation(Asked(city.programme, f.AS_OF, city.division, with_draft=True))
    assert read.view.plan_ids == view_with(city.draft, f.AS_OF).plan_ids
    without = read_situation(Asked(city.programme, f.AS_OF))
    assert without.view.plan_ids == state_view(city.programme, State.PLANNED, f.AS_OF).plan_ids
    assert len(read.situation.platforms) == Platform.objects.count()
    assert [o.quota for o in read.situation.owners if o.pk == city.division.pk] == [1]


def test_reading_takes_as_many_queries_for_one_division_as_for_three(city: City) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read_situation(Asked(city.programme, f.AS_OF))
        return len(captured)

    before = queries()
    for _number in range(2):
        _settled(city.programme, f.make_division(city.programme), MergePlan.State.SUBMITTED)
    assert queries() == before <= 13


def test_a_rule_that_the_programme_does_not_set_is_not_held(city: City) -> None:
    city.programme.targets.filter(rule="R07").delete()
    read = read_situation(Asked(city.programme, f.AS_OF))
    assert "R07" not in read.situation.wishes.rules


def test_the_whole_city_gets_a_plan_for_whoever_has_none(city: City, asked: Asker) -> None:
    # As few bodies as R02 wants would need a sub-area besides.
    run = asked("reviewer", rules=[rule for rule in MODELLED if rule not in {"R02", "R03"}])
    found = result(run)
    # The draft is the division's own: for the commission it has no plan, and three platforms.
    assert run.state == SolverRun.State.SOLVED
    assert found["aims"]["changes"] == 3
    assert found["disagreements"] == []


def test_the_city_s_excess_without_a_way_out_is_told_by_its_rules(city: City, asked: Asker) -> None:
    city.programme.targets.filter(rule="R01", name="retained_max").update(numerator=0)
    run = asked("reviewer")
    assert run.state == SolverRun.State.INFEASIBLE
    rules = {d["rule"] for conflict in result(run)["conflicts"] for d in conflict["demands"]}
    assert "R01" in rules
    page = texts(city.client("reviewer").get(city.url("solver-run", run.pk)))
    assert "R01" in page


def test_a_wrong_claim_would_be_told(
    city: City, asked: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_it_is(read: Any, _changes: Any) -> Any:
        return run_checks(read.view)

    monkeypatch.setattr(solving, "findings_with", as_it_is)
    run = asked()
    assert {"R06", "R07"} <= {finding["rule"] for finding in result(run)["disagreements"]}
    client = city.client("official")
    assert 'role="alert"' in texts(client.get(city.url("solver-run", run.pk)))


# --- The way of a run -----------------------------------------------------------------------------


def test_a_run_that_goes_wrong_says_so(
    city: City, asked: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_asked: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(solving, "read_situation", broken)
    run = asked()
    assert (run.state, run.result) == (SolverRun.State.FAILED, None)
    assert city.client("official").get(city.url("solver-run", run.pk)).status_code == 200


def _waiting(city: City, who: str = "official") -> SolverRun:
    """Ask, with no worker there."""
    user = city.users[who]
    return ask(
        programme=city.programme,
        owner=user.division,
        options=OPTIONS,
        seconds=30,
        as_of=f.AS_OF,
        user=user,
    )


def test_a_run_that_waits_is_cancelled_at_once_and_never_done(city: City) -> None:
    run = _waiting(city)
    cancel(run=run, user=city.users["official"])
    solving.solve(run.pk)
    run.refresh_from_db()
    assert run.state == SolverRun.State.CANCELLED
    with pytest.raises(ValidationError):
        cancel(run=run, user=city.users["official"])


def test_a_run_that_runs_is_asked_to_stop(city: City) -> None:
    run = _waiting(city)
    now = timezone.now()
    SolverRun.objects.filter(pk=run.pk).update(state=SolverRun.State.RUNNING, seen_at=now)
    cancel(run=run, user=city.users["official"])
    run.refresh_from_db()
    assert (run.state, run.cancel_asked) == (SolverRun.State.RUNNING, True)
    assert solving._Signs(run.pk)(Progress())


def test_a_run_whose_worker_is_gone_is_told_and_asked_again(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    run = _waiting(city)
    long_ago = timezone.now() - LOST_AFTER - datetime.timedelta(seconds=1)
    SolverRun.objects.filter(pk=run.pk).update(state=SolverRun.State.RUNNING, seen_at=long_ago)
    run.refresh_from_db()
    assert run.is_lost
    client = city.client("official")
    assert client.get(city.url("solver-run", run.pk)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        again = ask_again(run=run, user=city.users["official"])
    run.refresh_from_db()
    again.refresh_from_db()
    assert (run.state, again.state) == (SolverRun.State.FAILED, SolverRun.State.SOLVED)


def test_one_asks_for_few_runs_at_a_time(city: City) -> None:
    for _number in range(3):
        _waiting(city)
    with pytest.raises(ValidationError):
        _waiting(city)
    _waiting(city, "colleague")


def test_the_page_says_when_the_data_moved(city: City, asked: Asker) -> None:
    run = asked()
    assert not has_moved(run)
    f.make_platform(city.programme, city.division)
    assert read_situation(asked_of(run)).situation.digest != run.digest


# --- Who sees and does what -----------------------------------------------------------------------


def test_a_run_of_a_division_is_its_own(city: City, asked: Asker) -> None:
    run, ours = asked(), asked("reviewer")
    for who, pk, status in (
        ("official", run.pk, 200),
        ("colleague", run.pk, 200),
        ("foreigner", run.pk, 404),
        ("reviewer", run.pk, 404),
        ("reviewer", ours.pk, 200),
        ("official", ours.pk, 404),
        ("leader", run.pk, 403),
        ("analyst", ours.pk, 403),
    ):
        got = city.client(who).get(city.url("solver-run", pk)).status_code
        assert got == status, (who, pk)


def test_a_district_asks_only_for_itself(city: City) -> None:
    for who, owner in (("official", city.other), ("official", None), ("leader", city.division)):
        with pytest.raises(PermissionDenied):
            ask(
                programme=city.programme,
                owner=owner,
                options=OPTIONS,
                seconds=10,
                as_of=f.AS_OF,
                user=city.users[who],
            )


def test_only_those_who_see_a_run_cancel_it_or_ask_again(city: City) -> None:
    run = _waiting(city)
    for who in ("foreigner", "reviewer", "leader"):
        for act in (cancel, ask_again):
            with pytest.raises(PermissionDenied):
                act(run=run, user=city.users[who])


def test_what_a_division_is_told_of_the_city_names_no_foreign_record(
    city: City, asked: Asker
) -> None:
    foreign = f.make_platform(city.programme, city.other, name="他区机密园")
    run = asked()
    assert foreign.name not in str(run.result)
    assert foreign.name not in texts(city.client("official").get(city.url("solver-run", run.pk)))


# --- Pages ----------------------------------------------------------------------------------------


def form_data(**more: Any) -> dict[str, Any]:
    return {
        "owner": more.pop("owner", "city"),
        "mode": Mode.EVERYTHING,
        "rules": ["R04", "R06"],
        "seconds": "10",
        "may_designate": "on",
        **more,
    }


def test_the_form_asks_and_opens_the_run(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    client = city.client("official")
    page = client.get(city.url("solver"))
    assert page.status_code == 200
    assert [pk for pk, _label in page.context["form"].fields["owner"].choices] == [
        str(city.division.pk)
    ]
    data = form_data(owner=str(city.division.pk), pinned=city.stays.code)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(city.url("solver"), data)
    run = SolverRun.objects.get()
    assert response.headers["Location"] == city.url("solver-run", run.pk)
    assert (run.options["pinned"], run.options["rules"]) == ([city.stays.pk], ["R04", "R06"])
    assert (run.is_internal, run.options["list_may_change"]) == (True, False)


def test_what_is_wrong_with_the_form_is_told_at_once(city: City) -> None:
    client = city.client("official")
    data = form_data(owner=str(city.other.pk), pinned="没有的园", rules=[], seconds="7")
    response = client.post(city.url("solver"), data)
    assert response.status_code == 422
    assert {"owner", "pinned", "rules", "seconds"} <= set(response.context["form"].errors)
    assert not SolverRun.objects.exists()


def test_a_platform_of_another_division_cannot_be_named(city: City) -> None:
    foreign = f.make_platform(city.programme, city.other)
    data = form_data(owner=str(city.division.pk), pinned=foreign.code)
    response = city.client("official").post(city.url("solver"), data)
    assert "pinned" in response.context["form"].errors


def test_the_part_that_moves_is_asked_for_until_the_run_is_over(city: City, asked: Asker) -> None:
    waiting = _waiting(city)
    client = city.client("official")
    url = city.url("solver-run", waiting.pk)
    assert "hx-trigger" in texts(client.get(url))
    part = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    assert "<html" not in texts(part)
    done = asked("colleague")
    over = client.get(city.url("solver-run", done.pk), headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_the_changes_are_exported_as_they_are_shown(city: City, asked: Asker) -> None:
    run = asked()
    response = city.client("official").get(city.url("solver-run", run.pk), {"export": "csv"})
    about, _headings, *lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert run.as_of.isoformat() in about
    assert len(lines) == len(result(run)["changes"])
    assert any(city.national.code in line for line in lines)
    SolverRun.objects.filter(pk=run.pk).update(result=result(run) | {"placeholders": True})
    marked = city.client("official").get(city.url("solver-run", run.pk), {"export": "csv"})
    assert len(marked.getvalue().decode("utf-8-sig").splitlines()) == len(lines) + 3


@pytest.mark.parametrize("who", ["official", "reviewer"])
def test_pages_take_a_constant_number_of_queries(city: City, asked: Asker, who: str) -> None:
    run = asked(who)
    client = city.client(who)

    def queries(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [city.url("solver"), city.url("solver-run", run.pk)]
    before = [queries(url) for url in urls]
    for _number in range(2):
        _settled(city.programme, f.make_division(city.programme), MergePlan.State.SUBMITTED)
        asked(who)
    run = asked(who)
    urls[1] = city.url("solver-run", run.pk)
    assert [queries(url) for url in urls] == before
    assert max(before) <= 15


def test_the_buttons_do_what_they_say(
    city: City, asked: Asker, django_capture_on_commit_callbacks: Any
) -> None:
    client = city.client("official")
    waiting = _waiting(city)
    assert client.post(city.url("solver-cancel", waiting.pk)).status_code == 302
    assert client.post(city.url("solver-cancel", waiting.pk)).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(city.url("solver-again", waiting.pk))
    newest = SolverRun.objects.first()
    assert newest is not None
    assert response.headers["Location"] == city.url("solver-run", newest.pk)
    response = client.post(city.url("solver-variant", newest.pk))
    assert response.status_code == 302
    assert client.post(city.url("solver-variant", waiting.pk)).status_code == 422


# --- The variant ----------------------------------------------------------------------------------


def test_the_variant_says_what_is_proposed_and_the_draft_what_it_said(
    city: City, asked: Asker
) -> None:
    run = asked()
    made = show_as_variant(run=run, user=city.users["official"])
    assert made.plan.variant
    assert made.left == []
    proposed = made.plan.dispositions.get(platform=city.national)
    assert (proposed.kind, proposed.target_id) == ("merge", city.stays.pk)
    assert proposed.reason
    assert city.draft.dispositions.get(platform=city.national).kind == "abolish"
    held = set(result(run)["rules"])
    broken = [
        finding
        for finding in run_checks(view_with(made.plan, f.AS_OF), rules=held)
        if finding.scope.division.pk == city.division.pk and finding.fails
    ]
    assert [finding.rule for finding in broken if finding.status == "not_met"] == []


def test_a_variant_needs_a_draft_and_a_proposal(city: City, asked: Asker) -> None:
    run, empty = asked(), asked(rules=["R13"])
    with pytest.raises(ValidationError, match=r".+"):
        show_as_variant(run=empty, user=city.users["official"])
    with pytest.raises(PermissionDenied):
        show_as_variant(run=run, user=city.users["leader"])
    with pytest.raises(ValidationError):
        show_as_variant(run=asked("reviewer"), user=city.users["reviewer"])
    city.draft.state, city.draft.submitted_on = MergePlan.State.SUBMITTED, f.SUBMITTED
    city.draft.save()
    with pytest.raises(ValidationError):
        show_as_variant(run=run, user=city.users["official"])


def test_what_the_commission_decides_is_left_out_of_a_variant(city: City, asked: Asker) -> None:
    second = f.make_platform(city.programme, city.division)
    f.make_retained(city.programme, second)
    f.dispose(city.draft, second, Disposition.Kind.UPGRADE)
    body = f.make_body(city.programme, city.division, second)
    f.dispose_body(city.draft, body, "keep", serves=second)
    run = asked()
    assert [c["subject"] for c in result(run)["changes"] if c["by_commission"]] == ["sub_area"]
    made = show_as_variant(run=run, user=city.users["official"])
    assert [change["subject"] for change in made.left] == ["sub_area"]
    assert not RetainedPlatform.objects.filter(is_sub_area=True).exists()


def test_wishes_are_what_was_asked(city: City) -> None:
    run = _waiting(city)
    assert asked_of(run).wishes == Wishes(rules=MODELLED)
    assert list(runs_visible_to(_scope(city), city.programme)) == [run]


def _scope(city: City) -> Any:
    from platforms_portal.access import scope_of  # noqa: PLC0415 - for this one

    return scope_of(city.users["official"])


@pytest.mark.parametrize("now", [True, False])
def test_a_designation_that_was_withdrawn_does_not_stand_in_the_way_of_another(
    city: City, now: bool
) -> None:
    RetainedPlatform.objects.filter(platform=city.stays).update(
        is_sub_area=True,
        designated_on=f.AS_OF - datetime.timedelta(days=30),
        withdrawn_on=f.AS_OF - datetime.timedelta(days=10),
    )
    read = read_situation(Asked(city.programme, f.AS_OF, city.division, with_draft=True))
    change = Change(
        Subject.SUB_AREA, city.stays.pk, city.division.pk, {"sub_area": not now}, {"sub_area": now}
    )
    after = findings_with(read, [change])
    (used,) = [finding for finding in after if finding.aspect == "sub_areas_max"]
    assert used.actual.numerator == int(now)


class TestByTheApi:
    def test_a_run_is_answered_with_what_the_page_shows(self, city: City, asked: Asker) -> None:
        run = asked()
        listed = city.client("official").get("/api/v1/solver-runs/").json()
        assert [one["id"] for one in listed["results"]] == [run.pk]
        assert "result" not in listed["results"][0]
        answer = city.client("colleague").get(f"/api/v1/solver-runs/{run.pk}/").json()
        assert answer["state"] == "solved"
        shown = city.client("official").get(city.url("solver-run", run.pk)).context["result"]
        lines = [*shown["main"], *shown["follow"]]
        assert len(answer["result"]["changes"]) == len(lines) > 0
        assert {change["record"]["code"] for change in answer["result"]["changes"]} == {
            line.record["code"] for line in lines
        }

    @pytest.mark.parametrize(
        ("who", "status"), [("foreigner", 404), ("reviewer", 404), ("analyst", 403)]
    )
    def test_is_nobody_elses(self, city: City, asked: Asker, who: str, status: int) -> None:
        run = asked()
        assert city.client(who).get(f"/api/v1/solver-runs/{run.pk}/").status_code == status

    def test_takes_as_many_queries_for_three_runs_as_for_one(
        self, city: City, asked: Asker
    ) -> None:
        def queries() -> int:
            client = city.client("reviewer")
            with CaptureQueriesContext(connection) as captured:
                assert client.get("/api/v1/solver-runs/").status_code == 200
            return len(captured)

        asked("reviewer", city.division)
        few = queries()
        asked("reviewer", city.other)
        asked("reviewer", city.other)
        assert queries() == few
