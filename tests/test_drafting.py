"""Entering a plan: rows saved one by one or together, versions and variants, nothing overwritten."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consolidation.models import (
    ArrangedIndustry,
    BodyDisposition,
    Disposition,
    ExecutionStep,
    MergePlan,
    PlateDisposition,
)
from consolidation.selectors.desk import desk_row, desk_rows, target_choices, undecided_count
from consolidation.selectors.document import content_digest, differences
from consolidation.services.drafting import fill_in, save_row, save_rows, set_many
from consolidation.services.founding import set_fates
from consolidation.services.seen import ConflictError
from consolidation.services.versions import (
    VARIANTS_MAX,
    copy_as_variant,
    drop_variant,
    revise,
    start_plan,
    take_over,
)
from platforms_portal.access import Role
from tests import factories as make
from zones.models import Industry

pytestmark = pytest.mark.django_db


class Desk:
    """A district with a retained platform, one to be decided on, a body and a plate at each."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.stays = make.make_platform(self.programme, self.division, code="A")
        self.goes = make.make_platform(self.programme, self.division, code="B")
        make.make_retained(self.programme, self.stays)
        self.body = make.make_body(self.programme, self.division, self.goes)
        self.plate = make.make_plate(self.programme, self.goes)
        self.plan = make.make_plan(self.programme, self.division, MergePlan.State.DRAFT)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    def save(self, given: dict[str, str], seen: str | None = None) -> None:
        row = desk_row(self.plan, self.goes.pk)
        assert row is not None
        save_row(
            plan=self.plan,
            platform_id=self.goes.pk,
            given=given,
            seen=row.seen if seen is None else seen,
            user=self.user,
        )

    def values(self) -> dict[str, str]:
        row = desk_row(self.plan, self.goes.pk)
        assert row is not None
        return row.values


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestARow:
    def test_is_saved_with_all_that_stands_in_it(self, desk: Desk) -> None:
        body, plate = f"body-{desk.body.pk}", f"plate-{desk.plate.pk}"
        desk.save(
            {
                "kind": "merge",
                "target": str(desk.stays.pk),
                "planned_on": "2021-05-01",
                "reason": "相邻",
                body: "abolish",
                plate: "keep",
            }
        )
        decision = Disposition.objects.get(plan=desk.plan)
        assert (decision.kind, decision.target) == ("merge", desk.stays)
        assert decision.planned_on == datetime.date(2021, 5, 1)
        assert BodyDisposition.objects.get(body=desk.body).fate == "abolish"
        # The plate goes along with its platform unless somebody says otherwise.
        assert PlateDisposition.objects.get(plate=desk.plate).carrier == desk.stays
        history = Disposition.history.get(id=decision.pk)  # type: ignore[attr-defined]
        assert history.actor == desk.user.username

    def test_lets_fall_what_no_longer_fits(self, desk: Desk) -> None:
        desk.save({"kind": "merge", "target": str(desk.stays.pk)})
        desk.save({"kind": "transform", "into": "特色小镇"})
        assert desk.values()["target"] == ""
        desk.save({"kind": "abolish"})
        assert desk.values()["into"] == ""
        desk.save({"kind": ""})
        assert not Disposition.objects.filter(plan=desk.plan).exists()

    def test_can_be_emptied_and_is_no_placeholder_once_entered(self, desk: Desk) -> None:
        make.dispose(desk.plan, desk.goes, "abolish", is_placeholder=True, note="示意")
        desk.save({"reason": "已停用"})
        decision = Disposition.objects.get(plan=desk.plan)
        assert (decision.is_placeholder, decision.note) == (False, "")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"kind": "swallow"}, "kind"),
            ({"kind": "merge", "target": "99999999"}, "target"),
            ({"kind": "abolish", "planned_on": "2021-02-30"}, "planned_on"),
            ({"kind": "abolish", "reason": "字" * 501}, "reason"),
            ({"kind": "transform", "into": "字" * 61}, "into"),
            ({"reason": "还没有选择处置"}, "kind"),
        ],
    )
    def test_refuses_what_it_does_not_take_at_its_field(
        self, desk: Desk, given: dict[str, str], field: str
    ) -> None:
        with pytest.raises(ValidationError) as refused:
            desk.save(given)
        assert set(refused.value.message_dict) == {field}
        assert not Disposition.objects.filter(plan=desk.plan).exists()

    def test_tells_every_error_at_once(self, desk: Desk) -> None:
        with pytest.raises(ValidationError) as refused:
            desk.save({"kind": "swallow", "planned_on": "bald", "reason": "字" * 501})
        assert set(refused.value.message_dict) == {"kind", "planned_on", "reason"}

    def test_is_never_overwritten_unseen(self, desk: Desk) -> None:
        before = desk_row(desk.plan, desk.goes.pk)
        assert before is not None
        desk.save({"kind": "abolish"})
        with pytest.raises(ConflictError) as conflict:
            desk.save({"kind": "transform", "into": "特色小镇"}, before.seen)
        assert [(b.name, b.theirs, b.mine) for b in conflict.value.fields] == [
            ("kind", "abolish", "transform"),
            ("into", "", "特色小镇"),
        ]
        assert desk.values()["kind"] == "abolish"
        # Who has seen both may choose.
        desk.save({"kind": "transform", "into": "特色小镇"}, conflict.value.seen)
        assert desk.values()["kind"] == "transform"

    def test_sent_twice_is_saved_once(self, desk: Desk) -> None:
        before = desk_row(desk.plan, desk.goes.pk)
        assert before is not None
        for _ in range(2):
            desk.save({"kind": "abolish"}, before.seen)
        assert Disposition.history.filter(plan=desk.plan).count() == 1  # type: ignore[attr-defined]

    def test_that_was_carried_out_stays(self, desk: Desk) -> None:
        make.dispose(desk.plan, desk.goes, "abolish", confirmed_on=make.AS_OF)
        with pytest.raises(ValidationError) as refused:
            desk.save({"kind": "merge", "target": str(desk.stays.pk)})
        assert set(refused.value.message_dict) == {"kind"}
        desk.save({"reason": "补充说明"})

    def test_of_a_submitted_plan_is_frozen(self, desk: Desk) -> None:
        MergePlan.objects.update(state=MergePlan.State.SUBMITTED, submitted_on=make.SUBMITTED)
        with pytest.raises(ValidationError) as refused:
            desk.save({"kind": "abolish"})
        assert refused.value.code == "frozen"

    @pytest.mark.parametrize("role", [Role.DISTRICT_LEADER, Role.COMMISSION_REVIEWER, Role.ANALYST])
    def test_is_the_officials_alone(self, desk: Desk, role: str) -> None:
        desk.user = make.make_user(role, division=desk.division)
        with pytest.raises(PermissionDenied):
            desk.save({"kind": "abolish"})

    def test_of_another_division_is_not_reached(self, desk: Desk) -> None:
        desk.user = make.make_user(
            Role.DISTRICT_OFFICIAL, division=make.make_division(desk.programme)
        )
        with pytest.raises(PermissionDenied):
            desk.save({"kind": "abolish"})


class TestManyRows:
    def test_are_set_together_except_what_somebody_changed(self, desk: Desk) -> None:
        rows = desk_rows(desk.plan)
        seen = {row.platform.pk: row.seen for row in rows}
        desk.save({"kind": "transform", "into": "特色小镇"})
        outcomes = set_many(
            plan=desk.plan,
            seen=seen,
            given={"kind": "abolish", "bodies": "abolish", "plates": "drop"},
            user=desk.user,
        )
        assert [bool(outcome.problem) for outcome in outcomes] == [False, True]
        assert desk.values()["kind"] == "transform"
        assert Disposition.objects.get(platform=desk.stays).kind == "abolish"

    def test_take_bodies_and_plates_along(self, desk: Desk) -> None:
        row = desk_row(desk.plan, desk.goes.pk)
        assert row is not None
        given = {"kind": "abolish", "bodies": "abolish", "plates": "drop"}
        set_many(plan=desk.plan, seen={desk.goes.pk: row.seen}, given=given, user=desk.user)
        values = desk.values()
        assert values[f"body-{desk.body.pk}"] == "abolish"
        assert values[f"plate-{desk.plate.pk}"] == "drop"

    def test_what_follows_from_the_list_is_filled_in_and_nothing_else(self, desk: Desk) -> None:
        body = make.make_body(desk.programme, desk.division, desk.stays)
        assert fill_in(plan=desk.plan, user=desk.user) == 1
        assert Disposition.objects.get(plan=desk.plan).kind == "upgrade"
        assert BodyDisposition.objects.get(body=body).serves == desk.stays
        assert undecided_count(desk.plan) == 1
        assert fill_in(plan=desk.plan, user=desk.user) == 0


class TestManyRowsOfTheirOwn:
    """What a workbook brings: other values for each row, judged as at the desk."""

    def save(self, desk: Desk, given: dict[int, dict[str, str]]) -> dict[int, Any]:
        seen = {row.platform.pk: row.seen for row in desk_rows(desk.plan)}
        return save_rows(plan=desk.plan, given=given, seen=seen, user=desk.user, reason="表")

    @pytest.mark.parametrize(
        "given",
        [
            {"kind": "merge", "target": "stays", "planned_on": "2021-05-01", "reason": "相邻"},
            {"kind": "transform", "into": "特色小镇", "target": "stays"},
            {"kind": "merge", "target": "goes"},
            {"kind": "abolish", "planned_on": "2018-12-31", "body": "found", "plate": "no"},
            {"reason": "没有处置"},
            {"kind": "merge", "target": "stays", "body": "keep", "plate": "keep"},
            {"kind": "abolish", "body": "abolish", "plate": "drop", "reason": "长" * 501},
        ],
    )
    def test_are_judged_and_stored_as_one_is(self, given: dict[str, str]) -> None:
        one, many = Desk(), Desk()
        refused = []
        for desk in (one, many):
            keys = {"stays": str(desk.stays.pk), "goes": str(desk.goes.pk)}
            names = {"body": f"body-{desk.body.pk}", "plate": f"plate-{desk.plate.pk}"}
            values = {names.get(n, n): keys.get(text, text) for n, text in given.items()}
            error = None
            if desk is one:
                try:
                    desk.save(values)
                except ValidationError as found:
                    error = found
            else:
                error = self.save(desk, {desk.goes.pk: values}).get(desk.goes.pk)
            short = {name: key for key, name in names.items()}
            told = error.message_dict if error else {}
            refused.append({short.get(name, name): words for name, words in told.items()})
        assert refused[0] == refused[1]
        assert self.stored(one) == self.stored(many)

    @staticmethod
    def stored(desk: Desk) -> list[Any]:
        of = {"plan": desk.plan}
        stays = desk.stays.pk
        return [
            [
                (one.kind, one.target_id == stays, one.transform_into, one.planned_on)
                for one in Disposition.objects.filter(**of)
            ],
            [(one.fate, one.serves_id == stays) for one in BodyDisposition.objects.filter(**of)],
            [(one.fate, one.carrier_id == stays) for one in PlateDisposition.objects.filter(**of)],
        ]

    def test_what_is_refused_is_left_and_the_others_are_saved_with_their_history(
        self, desk: Desk
    ) -> None:
        make.dispose(desk.plan, desk.goes, "abolish", is_placeholder=True, note="示意")
        refused = self.save(
            desk,
            {
                desk.stays.pk: {"kind": "merge", "target": str(desk.stays.pk)},
                desk.goes.pk: {"kind": "transform", "into": "特色小镇"},
                0: {"kind": "abolish"},
            },
        )
        assert set(refused) == {desk.stays.pk, 0}
        decision = Disposition.objects.get(plan=desk.plan)
        assert (decision.kind, decision.is_placeholder, decision.note) == ("transform", False, "")
        entry = Disposition.history.first()  # type: ignore[attr-defined]
        assert (entry.history_type, entry.actor) == ("~", desk.user.username)
        assert (entry.history_user, entry.history_change_reason) == (desk.user, "表")

    def test_are_never_overwritten_unseen(self, desk: Desk) -> None:
        make.dispose(desk.plan, desk.goes, "abolish")
        given = {desk.stays.pk: {"kind": "upgrade"}, desk.goes.pk: {"kind": "merge"}}
        with pytest.raises(ConflictError):
            save_rows(plan=desk.plan, given=given, seen={}, user=desk.user)
        assert Disposition.objects.get(plan=desk.plan).kind == "abolish"

    def test_fates_beside_the_rows(self, desk: Desk) -> None:
        beside = [make.make_body(desk.programme, desk.division) for _n in range(2)]
        refused = set_fates(
            plan=desk.plan,
            fates={beside[0].pk: "keep", beside[1].pk: "found", desk.body.pk: "keep"},
            seen={},
            user=desk.user,
        )
        assert set(refused) == {beside[1].pk, desk.body.pk}
        assert BodyDisposition.objects.get().body == beside[0]


def test_sensible_targets_come_first(desk: Desk) -> None:
    near, far = make.make_division(desk.programme), make.make_division(desk.programme)
    make.make_adjacent(desk.division, near)
    for division in (far, near, desk.programme.division):
        make.make_retained(desk.programme, make.make_platform(desk.programme, division))
    choices = target_choices(desk.plan)
    assert [choice.is_near for choice in choices] == [True, True, True, False]


class TestVersions:
    def test_a_plan_is_begun_once(self, desk: Desk) -> None:
        desk.plan.delete()
        first = start_plan(programme=desk.programme, division=desk.division, user=desk.user)
        again = start_plan(programme=desk.programme, division=desk.division, user=desk.user)
        assert first == again
        MergePlan.objects.update(state=MergePlan.State.APPROVED, submitted_on=make.SUBMITTED)
        with pytest.raises(ValidationError):
            start_plan(programme=desk.programme, division=desk.division, user=desk.user)

    def returned(self, desk: Desk) -> MergePlan:
        plan = desk.plan
        decision = make.dispose(plan, desk.goes, "abolish")
        ExecutionStep.objects.create(disposition=decision, title="撤销批文")
        make.dispose_body(plan, desk.body, "abolish")
        make.dispose_plate(plan, desk.plate, "drop")
        arrangement = plan.arrangements.create(platform=desk.stays, parcels=1)
        industry = Industry.objects.create(name="示例产业甲")
        ArrangedIndustry.objects.create(arrangement=arrangement, industry=industry)
        plan.breach_reasons.create(rule="R04", reason="说明")
        make.plan_heads(plan, make.make_body(desk.programme, desk.division), 3)
        make.move(plan, desk.body, "public", 2)
        plan.state = MergePlan.State.RETURNED
        plan.submitted_on = plan.first_submitted_on = make.SUBMITTED
        plan.return_reason = "请补充"
        plan.save()
        return plan

    def test_a_returned_plan_is_taken_up_with_everything_it_says(self, desk: Desk) -> None:
        plan = self.returned(desk)
        draft = revise(plan=plan, user=desk.user)
        assert (draft.version, draft.state, draft.based_on) == (2, "draft", plan)
        assert draft.first_submitted_on == make.SUBMITTED
        assert draft.submitted_on is None
        assert draft.return_reason == "请补充"
        assert content_digest(draft) == content_digest(plan)
        assert differences(plan, draft) == []
        assert draft.dispositions.get().steps.get().title == "撤销批文"
        # What came back stays as it was signed.
        assert plan.dispositions.get().pk != draft.dispositions.get().pk
        assert revise(plan=plan, user=desk.user) == draft

    def test_differences_name_the_row_and_the_field(self, desk: Desk) -> None:
        plan = self.returned(desk)
        draft = revise(plan=plan, user=desk.user)
        draft.dispositions.update(kind="transform", transform_into="特色小镇")
        ((section, (line,)),) = differences(plan, draft)
        assert (section.key, line.label) == ("platforms", desk.goes.name)
        assert [(before, after) for _label, before, after in line.changed][1] == ("", "特色小镇")


class TestVariants:
    def test_are_copied_compared_taken_over_and_dropped(self, desk: Desk) -> None:
        desk.save({"kind": "abolish"})
        variant = copy_as_variant(plan=desk.plan, name="方案乙", user=desk.user)
        variant.dispositions.update(kind="transform", transform_into="小微企业园")
        assert desk.values()["kind"] == "abolish"
        taken = take_over(variant=variant, user=desk.user)
        desk.plan.refresh_from_db()
        assert (taken.variant, taken.pk) == ("", variant.pk)
        assert desk.plan.variant
        drop_variant(variant=desk.plan, user=desk.user)
        assert list(MergePlan.objects.all()) == [variant]

    def test_have_names_of_their_own_and_are_few(self, desk: Desk) -> None:
        for name in ("", "  ", "长" * 41):
            with pytest.raises(ValidationError):
                copy_as_variant(plan=desk.plan, name=name, user=desk.user)
        for number in range(VARIANTS_MAX):
            copy_as_variant(plan=desk.plan, name=f"方案{number}", user=desk.user)
        for name in ("方案0", "又一个"):
            with pytest.raises(ValidationError):
                copy_as_variant(plan=desk.plan, name=name, user=desk.user)

    def test_the_plan_itself_is_not_dropped(self, desk: Desk) -> None:
        with pytest.raises(ValidationError):
            drop_variant(variant=desk.plan, user=desk.user)


KINDS = st.sampled_from(["", "abolish", "transform", "merge", "upgrade"])


class TestAnyRow(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.tuples(KINDS, st.booleans(), st.sampled_from(["", "keep", "drop"])), max_size=5)
    )
    def test_whatever_is_saved_is_what_is_read_and_never_breaks_a_constraint(
        self, changes: list[tuple[str, bool, str]]
    ) -> None:
        desk = Desk()
        plate = f"plate-{desk.plate.pk}"
        for kind, with_target, fate in changes:
            given = {"kind": kind, plate: fate}
            given["target"] = str(desk.stays.pk) if with_target else ""
            if not kind:
                given["target"] = ""
            desk.save(given)
            values = desk.values()
            assert values["kind"] == kind
            assert values[plate] == fate
            assert bool(values["target"]) == (kind == "merge" and with_target)
            for model in (Disposition, PlateDisposition):
                for record in model.objects.filter(plan=desk.plan):
                    record.full_clean()
