"""The desk of an official: what it shows, how it saves, what it says when it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.models import Disposition, MergePlan, Opinion
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.desk import desk_row
from consolidation.selectors.state import State, platform_rows, state_view
from platforms_portal.access import Role
from tests import factories as make

if TYPE_CHECKING:
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import StateView

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


class Desk:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.stays = make.make_platform(self.programme, self.division, name="保留园")
        self.goes = make.make_platform(self.programme, self.division, name="并入园")
        make.make_retained(self.programme, self.stays)
        make.make_body(self.programme, self.division, self.goes)
        make.make_plate(self.programme, self.goes)
        self.plan = make.make_plan(self.programme, self.division, MergePlan.State.DRAFT)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)
        client.force_login(self.user)

    def address(self, name: str, *more: int) -> str:
        return reverse(name, args=[self.programme.code, self.plan.pk, *more])

    def sent(self, **values: str) -> dict[str, str]:
        row = desk_row(self.plan, self.goes.pk)
        assert row is not None
        prefix = f"r{self.goes.pk}-"
        return {f"{prefix}seen": row.seen} | {f"{prefix}{n}": v for n, v in values.items()}

    def save(self, sent: dict[str, str], **headers: str) -> Any:
        return self.client.post(self.address("plan-row", self.goes.pk), sent, headers=headers)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


class TestByHtmx:
    def test_a_row_is_saved_and_says_so(self, desk: Desk) -> None:
        answer = desk.save(desk.sent(kind="merge", target="保留园"), **HTMX)
        assert answer.status_code == 200
        assert answer.headers["HX-Trigger"] == "plan-saved"
        # The name was completed on the way, so its input comes back with the whole of it.
        assert f"保留园（{desk.division.name}）" in answer.content.decode()
        assert Disposition.objects.get(plan=desk.plan).target == desk.stays

    def test_an_unknown_name_is_told_and_the_rest_saved(self, desk: Desk) -> None:
        answer = desk.save(desk.sent(kind="merge", target="没有这个园", reason="相邻"), **HTMX)
        assert answer.status_code == 422
        assert 'data-field="target"' in answer.content.decode()
        assert Disposition.objects.get(plan=desk.plan).reason == "相邻"

    @pytest.mark.parametrize(
        ("day", "status"), [("2018-12-31", 422), ("0002-05-31", 422), ("2019-01-01", 200)]
    )
    def test_nothing_is_planned_before_the_baseline(
        self, desk: Desk, day: str, status: int
    ) -> None:
        assert str(desk.programme.baseline_date) == "2018-12-31"
        answer = desk.save(desk.sent(kind="abolish", planned_on=day), **HTMX)
        assert answer.status_code == status
        assert ('data-field="planned_on"' in answer.content.decode()) == (status != 200)

    def test_a_conflict_shows_both_values(self, desk: Desk) -> None:
        stale = desk.sent(kind="transform")
        desk.save(desk.sent(kind="abolish"), **HTMX)
        answer = desk.save(stale, **HTMX)
        assert answer.status_code == 409
        text = answer.content.decode()
        assert str(Disposition.Kind.ABOLISH.label) in text
        assert str(Disposition.Kind.TRANSFORM.label) in text
        assert "HX-Trigger" not in answer.headers

    def test_who_is_signed_out_is_told_so(self, desk: Desk) -> None:
        sent = desk.sent(kind="abolish")
        desk.client.logout()
        assert desk.save(sent, **HTMX).status_code == 401
        assert desk.save(sent).status_code == 302

    def test_a_frozen_plan_refuses(self, desk: Desk) -> None:
        sent = desk.sent(kind="abolish")
        MergePlan.objects.update(state="submitted", submitted_on=make.SUBMITTED)
        assert desk.save(sent, **HTMX).status_code == 422
        assert not Disposition.objects.exists()

    def test_the_panel_shows_no_figure_of_the_city_where_one_is_missing(self, desk: Desk) -> None:
        body = desk.programme.ledger.bodies.get()
        make.count_heads(body, 4, 3, 2)
        counted = desk.client.get(desk.address("plan-effect"), headers=HTMX).content.decode()
        people = counted.partition(str(COUNTERS["people"].title))[2].partition("</tr>")[0]
        assert "9 → 9" in people
        make.dispose_body(desk.plan, body, "keep")
        unknown = desk.client.get(desk.address("plan-effect"), headers=HTMX).content.decode()
        people = unknown.partition(str(COUNTERS["people"].title))[2].partition("</tr>")[0]
        assert people.count('class="pp-muted" title=') == 2  # the division's and the city's
        assert "→ 0" not in people

    def test_the_panel_links_a_breach_to_its_row(self, desk: Desk) -> None:
        page = desk.client.get(desk.address("plan-effect"), headers=HTMX).content.decode()
        assert f"#row-{desk.goes.pk}" in page
        assert "R06" in page


class TestWithoutAScript:
    def test_all_rows_are_saved_by_one_button(self, desk: Desk) -> None:
        sent = desk.sent(kind="abolish") | {"page": "1"}
        answer = desk.client.post(desk.address("plan-edit"), sent)
        assert answer.status_code == 302
        assert Disposition.objects.get(plan=desk.plan).kind == "abolish"

    def test_what_is_refused_stays_typed_and_is_listed(self, desk: Desk) -> None:
        sent = desk.sent(kind="abolish", planned_on="morgen") | {"page": "1"}
        answer = desk.client.post(desk.address("plan-edit"), sent)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'value="morgen"' in page
        assert f'href="#row-{desk.goes.pk}"' in page

    def test_a_row_is_found_by_its_number_when_it_has_four_digits(self, desk: Desk) -> None:
        make.make_platform(desk.programme, desk.division, name="后列园", pk=50_039)
        page = desk.client.get(desk.address("plan-edit")).content.decode()
        assert 'id="row-50039"' in page
        assert "50,039" not in page

    def test_after_a_conflict_saving_again_saves_ones_own(self, desk: Desk) -> None:
        stale = desk.sent(kind="transform") | {"page": "1"}
        desk.save(desk.sent(kind="abolish"), **HTMX)
        answer = desk.client.post(desk.address("plan-edit"), stale)
        assert answer.status_code == 422
        row = next(row for row in answer.context["rows"] if row.row.platform == desk.goes)
        again = stale | {f"r{desk.goes.pk}-seen": row.seen}
        assert desk.client.post(desk.address("plan-edit"), again).status_code == 302
        assert Disposition.objects.get(plan=desk.plan).kind == "transform"

    def test_ticked_rows_are_set_together(self, desk: Desk) -> None:
        sent = desk.sent() | {"pick": str(desk.goes.pk), "many-kind": "abolish"}
        assert desk.client.post(desk.address("plan-set-many"), sent).status_code == 302
        assert Disposition.objects.get(plan=desk.plan).platform == desk.goes

    def test_ticked_rows_are_set_by_what_the_page_itself_sends(self, desk: Desk) -> None:
        page = desk.client.get(desk.address("plan-edit")).content.decode()
        row = desk_row(desk.plan, desk.goes.pk)
        assert row is not None
        assert f'name="m{desk.goes.pk}-seen" value="{row.seen}" form="many-form"' in page
        sent = {
            f"m{desk.goes.pk}-seen": row.seen,
            "pick": str(desk.goes.pk),
            "many-kind": "abolish",
        }
        desk.client.post(desk.address("plan-set-many"), sent)
        assert Disposition.objects.get(plan=desk.plan).platform == desk.goes

    @pytest.mark.parametrize("sent", [{}, {"pick": "x"}, {"many-kind": "abolish"}])
    def test_nothing_ticked_or_nothing_chosen_is_told(
        self, desk: Desk, sent: dict[str, str]
    ) -> None:
        answer = desk.client.post(desk.address("plan-set-many"), sent, follow=True)
        assert "pp-note--error" in answer.content.decode()
        assert not Disposition.objects.exists()


def test_opinions_stand_at_their_rows(desk: Desk) -> None:
    MergePlan.objects.filter(pk=desk.plan.pk).update(
        state="returned", submitted_on=make.SUBMITTED, version=1
    )
    Opinion.objects.create(
        plan=desk.plan,
        part="content",
        subject="platform",
        subject_id=desk.goes.pk,
        text="请说明并入理由",
        author=make.make_user(Role.COMMISSION_REVIEWER),
        is_sent=True,
    )
    answer = desk.client.post(desk.address("plan-revise"), follow=True)
    assert "请说明并入理由" in answer.content.decode()


def test_a_plan_on_its_way_leads_to_its_page(desk: Desk) -> None:
    MergePlan.objects.update(state="submitted", submitted_on=make.SUBMITTED)
    answer = desk.client.get(desk.address("plan-edit"))
    assert answer.headers["Location"] == desk.address("plan")


class TestVariants:
    def test_side_by_side_taken_over_and_dropped(self, desk: Desk) -> None:
        answer = desk.client.post(desk.address("variant-new"), {"name": "方案乙"})
        variant = MergePlan.objects.get(variant="方案乙")
        assert answer.headers["Location"].endswith(f"/plans/{variant.pk}/edit/")
        make.dispose(variant, desk.goes, "abolish")
        page = desk.client.get(desk.address("plan-variants"))
        assert [column.name for column in page.context["columns"]][1] == "方案乙"
        assert page.context["columns"][1].differences
        take = reverse("variant-take", args=[desk.programme.code, variant.pk])
        assert desk.client.post(take).status_code == 302
        variant.refresh_from_db()
        assert variant.variant == ""
        drop = desk.address("variant-drop")
        assert desk.client.post(drop).status_code == 302
        assert MergePlan.objects.get() == variant

    def test_are_nobody_elses(self, desk: Desk) -> None:
        desk.client.post(desk.address("variant-new"), {"name": "方案乙"})
        variant = MergePlan.objects.get(variant="方案乙")
        for role in (Role.COMMISSION_REVIEWER, Role.AUDITOR):
            desk.client.force_login(make.make_user(role))
            page = reverse("plan", args=[desk.programme.code, variant.pk])
            assert desk.client.get(page).status_code == 404


def test_the_panel_counts_each_count_once_with_the_plan_and_once_without(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(desk.sent(kind="abolish"), **HTMX)
    asked: list[tuple[str, tuple[int, ...]]] = []
    for name, counter in COUNTERS.items():

        def counted(view: StateView, name: str = name, counter: Counter = counter) -> Any:
            asked.append((name, view.plan_ids))
            return counter.count(view)

        monkeypatch.setitem(COUNTERS, name, replace(counter, count=counted))
    assert desk.client.get(desk.address("plan-effect"), headers=HTMX).status_code == 200
    expected = [(name, plans) for name in COUNTERS for plans in ((), (desk.plan.pk,))]
    assert sorted(asked) == sorted(expected)


def test_rows_of_a_view_are_put_together_once_and_read_by_each_for_itself(desk: Desk) -> None:
    view = state_view(desk.programme, State.PLANNED)
    first = platform_rows(view)
    assert len(first) == 2
    make.make_platform(desk.programme, desk.division, name="后来园")
    assert len(platform_rows(view)) == 3
    assert platform_rows(view).filter(name="后来园").exists()
    assert str(platform_rows(view).query) == str(first.query)
    assert platform_rows(view) is not first
    assert len(platform_rows(view.at_baseline())) == 3


def test_the_desk_asks_the_same_for_three_rows_as_for_one(desk: Desk) -> None:
    numbers = []
    for _ in range(2):
        desk.client.get(desk.address("plan-edit"))
        with CaptureQueriesContext(connection) as queries:
            desk.client.get(desk.address("plan-edit"))
        numbers.append(len(queries))
        for _more in range(2):
            platform = make.make_platform(desk.programme, desk.division)
            make.make_body(desk.programme, desk.division, platform)
            make.make_plate(desk.programme, platform)
    assert numbers[0] == numbers[1]


def test_notices_are_read_and_lead_on(desk: Desk) -> None:
    desk.user.notices.create(programme=desk.programme, kind="returned", url=desk.address("plan"))
    page = desk.client.get(reverse("notices"))
    assert page.context["unread"] == 1
    (notice,) = page.context["page_obj"]
    answer = desk.client.post(reverse("notice-open", args=[notice.pk]))
    assert answer.headers["Location"] == desk.address("plan")
    notice.refresh_from_db()
    assert notice.read_at is not None
    desk.user.notices.create(programme=desk.programme, kind="approved", url="//evil.example/")
    other = desk.user.notices.get(read_at=None)
    answer = desk.client.post(reverse("notice-open", args=[other.pk]))
    assert answer.headers["Location"] == reverse("notices")
    desk.user.notices.create(programme=desk.programme, kind="approved", url="/")
    desk.client.post(reverse("notices"))
    assert not desk.user.notices.filter(read_at=None).exists()
