"""The registry of rules, their words, their JSON and the cost of asking them."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from consolidation.checks.base import RULES, Severity, Status
from consolidation.checks.run import findings_of, report, run_checks
from consolidation.models import Disposition, Programme, Target
from consolidation.selectors.findings import data_version, findings_in
from consolidation.selectors.state import State, state_view
from tests import factories as make

ROOT = pathlib.Path(__file__).parents[2]
ALL = [f"R{number:02}" for number in range(1, 21)]


def test_the_registry_misses_no_rule_and_repeats_none() -> None:
    assert sorted(RULES) == ALL
    files = [
        path.name[:3].upper()
        for app in ("consolidation", "staffing")
        for path in (ROOT / app / "checks").glob("r[0-9][0-9]_*.py")
    ]
    assert sorted(files) == ALL


def test_every_rule_has_words_in_both_languages() -> None:
    for rule in RULES.values():
        with override("en"):
            english = (str(rule.title), str(rule.explanation))
        with override("zh-hans"):
            chinese = (str(rule.title), str(rule.explanation))
        assert all(english)
        assert all(re.search(r"[一-鿿]", words) for words in chinese), rule.code


def _city(rows: int) -> Programme:
    programme = make.make_programme()
    for _ in range(rows):
        division = make.make_division(programme)
        plan = make.make_plan(programme, division)
        kept = make.make_platform(programme, division, level="national")
        make.make_retained(programme, kept, is_high_level=True)
        make.dispose(plan, kept, Disposition.Kind.UPGRADE, confirmed_on=make.SUBMITTED)
        for _ in range(rows):
            gone = make.make_platform(programme, division, level="provincial")
            make.make_plate(programme, gone)
            make.dispose(plan, gone, Disposition.Kind.ABOLISH)
            body = make.make_body(programme, division, gone)
            make.count_heads(body, 3, 2, 1)
            make.dispose_body(plan, body, "abolish")
    return programme


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
def test_the_number_of_queries_does_not_grow(state: str) -> None:
    numbers = []
    for rows in (1, 3):
        programme = _city(rows)
        with CaptureQueriesContext(connection) as queries:
            run_checks(state_view(programme, state))
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 60


@pytest.mark.django_db
def test_a_rule_without_a_line_is_absent_not_met() -> None:
    programme = _city(1)
    Target.objects.filter(programme=programme, rule="R02").delete()
    found = {finding.rule for finding in run_checks(state_view(programme, State.PLANNED))}
    assert found == set(ALL) - {"R02"}


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
def test_the_json_has_the_agreed_shape(state: str) -> None:
    programme = _city(2)
    view = state_view(programme, state)
    answer = json.loads(json.dumps(report(view, run_checks(view))))
    assert set(answer) == {"programme", "state", "as_of", "placeholders", "findings"}
    assert (answer["programme"], answer["state"]) == (programme.code, state)
    assert answer["placeholders"] is False
    for finding in answer["findings"]:
        assert {"rule", "clause", "scope", "status", "severity", "actual", "limit"} <= set(finding)
        assert {"code", "name"} <= set(finding["scope"])
        assert finding["status"] in Status.values
        assert finding["severity"] in Severity.values
        for figure in (finding["actual"], finding["limit"]):
            assert set(figure) == {"numerator", "denominator"}
            assert all(value is None or isinstance(value, int) for value in figure.values())
        assert finding["margin"] is None or isinstance(finding["margin"], int)
        assert isinstance(finding["counted"], int)
        assert finding["message"] != ""
        assert finding["message_en"] != ""
        assert all({"type", "id", "name"} <= set(record) for record in finding["breaking"])


@pytest.mark.django_db
def test_placeholders_are_told() -> None:
    programme = _city(1)
    programme.ledger.platforms.update(is_placeholder=True)
    view = state_view(programme, State.BASELINE)
    assert report(view, run_checks(view))["placeholders"] is True


@pytest.mark.django_db
def test_the_order_of_findings_is_that_of_the_rules_city_first() -> None:
    programme = _city(2)
    findings = run_checks(state_view(programme, State.PLANNED))
    codes = [finding.rule for finding in findings]
    assert codes == sorted(codes)
    own = findings_of(findings, division_id=findings[-1].scope.division.pk)
    assert all(not finding.scope.is_city for finding in own) or findings[-1].scope.is_city


@pytest.mark.django_db
def test_kept_findings_are_left_behind_by_any_recorded_change() -> None:
    programme = _city(1)
    before = data_version()
    assert data_version() == before
    platform = programme.ledger.platforms.first()
    assert platform is not None
    platform.save()
    assert data_version() != before
    view = state_view(programme, State.PLANNED)
    assert report(view, findings_in(view)) == report(view, run_checks(view))


@pytest.mark.django_db
class TestCommand:
    """``check_targets``: what it prints and how it leaves."""

    def _run(self, *args: str) -> int:
        try:
            call_command("check_targets", *args)
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    def test_it_leaves_with_one_when_something_fails(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        programme = _city(1)
        assert self._run("--programme", programme.code) == 1
        assert "R07" in capsys.readouterr().out

    def test_it_leaves_with_zero_when_nothing_fails(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        programme = _city(1)
        assert self._run("--programme", programme.code, "--rule", "R02") == 0
        assert "100.00%" in capsys.readouterr().out

    def test_unknown_counts_as_failing(self) -> None:
        programme = _city(1)
        assert self._run("--programme", programme.code, "--rule", "R18") == 1

    def test_json_and_division(self, capsys: pytest.CaptureFixture[str]) -> None:
        programme = _city(2)
        division = programme.plans.first().division  # type: ignore[union-attr]
        self._run(
            "--programme", programme.code, "--format", "json", "--division", division.code,
            "--state", "actual", "--as-of", "2021-01-31",
        )  # fmt: skip
        answer = json.loads(capsys.readouterr().out)
        assert (answer["state"], answer["as_of"]) == ("actual", "2021-01-31")
        assert {finding["scope"]["code"] for finding in answer["findings"]} == {division.code}

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--programme", "nowhere"],
            ["--programme", "{code}", "--division", "000000"],
            ["--programme", "{code}", "--state", "dreamt"],
            ["--programme", "{code}", "--as-of", "yesterday"],
            ["--programme", "{code}", "--rule", "R99"],
            [],
        ],
    )
    def test_wrong_use_leaves_with_two(self, wrong: list[str]) -> None:
        programme = _city(1)
        words = [word.format(code=programme.code) for word in wrong]
        with pytest.raises((CommandError, SystemExit)) as left:
            call_command("check_targets", *words)
        # Words that the parser itself refuses leave with 2 on the command line, where it exits.
        assert getattr(left.value, "returncode", 2) in (1, 2)
