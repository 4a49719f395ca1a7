"""R02 and the arithmetic of shares: exact at the threshold and one beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils.translation import override

from consolidation.checks.base import Ratio, Severity, Status, at_least, least_for, percent
from consolidation.models import BodyDisposition, Target
from consolidation.models.programmes import Basis
from consolidation.selectors.state import State
from tests import factories as make
from tests.checks.helpers import ask
from zones.models import ManagementBody, Origin

if TYPE_CHECKING:
    from consolidation.models import Programme
    from zones.models import Division

SIXTY = Ratio(60, 100)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (86, 142, "60.56%"),
        (85, 142, "59.86%"),
        (5_999_999, 10_000_000, "59.99%"),
        (6_000_000, 10_000_000, "60.00%"),
        (0, 142, "0.00%"),
        (1, 3, "33.33%"),
        (2, 3, "66.67%"),
    ],
)
def test_a_share_is_never_shown_over_its_threshold(
    numerator: int, denominator: int, shown: str
) -> None:
    assert percent(numerator, denominator, SIXTY) == shown


@pytest.mark.parametrize(("baseline", "least"), [(142, 86), (100, 60), (1, 1), (5, 3), (0, 0)])
def test_the_least_cut_is_the_smallest_that_reaches_the_share(baseline: int, least: int) -> None:
    assert least_for(SIXTY, baseline) == least
    assert at_least(SIXTY, least, baseline)
    assert baseline == 0 or not at_least(SIXTY, least - 1, baseline)


def _city_of_142_bodies(cut: int, *, undecided: int = 0) -> tuple[Programme, Division]:
    programme = make.make_programme()
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    bodies = ManagementBody.objects.bulk_create(
        ManagementBody(
            ledger=programme.ledger, code=f"MANY{i}", name=f"管委会{i}", division=division
        )
        for i in range(142)
    )
    fates = [BodyDisposition.Fate.ABOLISH] * cut + [BodyDisposition.Fate.KEEP] * (142 - cut)
    BodyDisposition.objects.bulk_create(
        BodyDisposition(plan=plan, body=body, fate=fate)
        for body, fate in list(zip(bodies, fates, strict=True))[: 142 - undecided]
    )
    return programme, division


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cut", "status", "margin", "share"),
    [
        (86, Status.MET, 0, "60.56%"),
        (85, Status.NOT_MET, -1, "59.86%"),
        (87, Status.MET, 1, "61.27%"),
    ],
)
def test_of_142_bodies_86_must_go(cut: int, status: str, margin: int, share: str) -> None:
    programme, division = _city_of_142_bodies(cut)
    finding = ask(programme, "R02")
    assert (finding.status, finding.margin) == (status, margin)
    assert finding.actual == Ratio(cut, 142)
    assert finding.limit == SIXTY
    assert f"142 − {142 - cut} = {cut}" in str(finding.formula)
    assert share in str(finding.message)
    own = ask(programme, "R02", owner=division)
    assert (own.status, own.severity) == (status, Severity.ADVICE)


@pytest.mark.django_db
def test_bodies_without_a_decision_make_the_cut_unknown_only_where_it_depends_on_them() -> None:
    certain, _ = _city_of_142_bodies(90, undecided=10)
    assert ask(certain, "R02").status == Status.MET
    open_, _ = _city_of_142_bodies(80, undecided=10)
    finding = ask(open_, "R02")
    assert finding.status == Status.UNKNOWN
    assert finding.actual == Ratio(80, 142)
    hopeless, _ = _city_of_142_bodies(70, undecided=10)
    assert ask(hopeless, "R02").status == Status.NOT_MET


@pytest.mark.django_db
def test_a_baseline_of_zero_is_unknown_not_a_full_cut() -> None:
    programme = make.make_programme()
    assert ask(programme, "R02").status == Status.UNKNOWN


@pytest.mark.django_db
def test_the_baseline_itself_has_cut_nothing() -> None:
    programme, _ = _city_of_142_bodies(142)
    finding = ask(programme, "R02", state=State.BASELINE)
    assert (finding.status, finding.actual) == (Status.NOT_MET, Ratio(0, 142))


@pytest.mark.django_db
def test_a_founded_body_counts_against_the_cut() -> None:
    programme, division = _city_of_142_bodies(86)
    founded = make.make_body(programme, division, origin=Origin.FOUNDED)
    plan = division.plans.get()
    make.dispose_body(plan, founded, BodyDisposition.Fate.FOUND)
    assert ask(programme, "R02").actual == Ratio(85, 142)


@pytest.mark.django_db
def test_the_declared_baseline_is_used_where_the_programme_says_so() -> None:
    programme, division = _city_of_142_bodies(86)
    programme.bodies_basis, programme.declared_bodies = Basis.DECLARED, 150
    programme.save()
    # 150 declared, 56 remain: 94 of 150 are cut.
    assert ask(programme, "R02").actual == Ratio(94, 150)
    assert ask(programme, "R02", owner=division).actual == Ratio(86, 142)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cut", "status"),
    [
        (90, Status.MET),  # 90 of 150 are certain, whatever became of the 8 that are not listed
        (89, Status.UNKNOWN),
        (82, Status.UNKNOWN),
        (81, Status.NOT_MET),  # 81 + 8 are too few even if all 8 went
    ],
)
def test_what_a_ledger_lacks_of_a_declared_baseline_is_not_taken_for_cut(
    cut: int, status: str
) -> None:
    programme, _ = _city_of_142_bodies(cut)
    programme.bodies_basis, programme.declared_bodies = Basis.DECLARED, 150
    programme.save()
    finding = ask(programme, "R02")
    assert (finding.status, finding.actual) == (status, Ratio(cut + 8, 150))
    with override("en"):
        assert "the 8 that" in str(finding.message) or "8 of them" in str(finding.message)


@pytest.mark.django_db
def test_a_declared_baseline_without_its_number_is_unknown_and_says_so() -> None:
    programme, _ = _city_of_142_bodies(142)
    programme.bodies_basis = Basis.DECLARED
    programme.save()
    finding = ask(programme, "R02")
    assert finding.status == Status.UNKNOWN
    with override("en"):
        assert "declares none" in str(finding.message)


@pytest.mark.django_db
def test_a_programme_can_bind_each_division() -> None:
    programme, division = _city_of_142_bodies(85)
    Target.objects.filter(programme=programme, rule="R02").update(binds_divisions=True)
    assert ask(programme, "R02", owner=division).severity == Severity.BREACH


@pytest.mark.django_db
def test_a_body_abolished_before_the_baseline_is_not_in_it() -> None:
    programme, division = _city_of_142_bodies(86)
    make.make_body(programme, division, abolished_on=make.BASELINE)
    assert ask(programme, "R02").actual == Ratio(86, 142)


@pytest.mark.django_db
def test_a_count_that_grows_is_told_as_growth_not_as_a_negative_cut() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    old = make.make_body(programme, division)
    make.dispose_body(plan, old, BodyDisposition.Fate.KEEP)
    for _ in range(2):
        new = make.make_body(programme, division, origin=Origin.FOUNDED)
        make.dispose_body(plan, new, BodyDisposition.Fate.FOUND)
    finding = ask(programme, "R02", owner=division)
    assert (finding.status, finding.actual, finding.margin) == (Status.NOT_MET, Ratio(-2, 1), -3)
    with override("en"):
        assert "grow by 2 over the 1 of the baseline" in str(finding.message)
    with override("zh-hans"):
        assert "增加2个" in str(finding.message)
        assert "-2" not in str(finding.message)
