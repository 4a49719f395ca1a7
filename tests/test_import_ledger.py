"""What rows of the ledger's sheets mean: names for codes, scope, placeholders, what is new."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from consolidation.loading.conditions import uniques_of
from exchange.matching import Found, How, Match
from exchange.models import HeadingMemory, ImportRun
from exchange.selectors.runs import remembered, runs_visible_to
from exchange.services import importing
from exchange.services.importing import cancel, confirm, receive
from exchange.subjects import TEMPLATES
from platforms_portal.access import Role
from staffing.models import HeadCount
from tests import factories as make
from tests.importing import checked, committed, upload, workbook
from tests.test_import_commit import division, new, platform, programme, reviewer, row
from zones.models import LeadershipPost, ManagementBody, Plate, Platform, PlatformName

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Division

pytestmark = pytest.mark.django_db

__all__ = ["division", "platform", "programme", "reviewer"]

State = ImportRun.State


def codes_of(run: ImportRun) -> set[tuple[int | None, str, str]]:
    """Return the row, the column and the kind of every problem."""
    return set(run.problems.values_list("row", "column", "code"))


# --- Names in place of codes ----------------------------------------------------------------------


def test_a_row_without_a_code_is_the_record_of_its_name_in_its_division(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    elsewhere = make.make_division(programme)
    make.make_platform(programme, elsewhere, name=platform.name)
    wide = f"　{platform.name}　"
    rows = [{**row(platform, level="国家级"), "code": None, "name": wide}]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert [(found.action, found.key) for found in run.rows.all()] == [("change", platform.code)]
    assert run.rows.get().after == {"level": "国家级"}


def test_a_former_name_is_the_record_that_bore_it(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    PlatformName.objects.create(platform=platform, name="旧园区")
    run = checked(
        programme, {"platforms": [new(division, "旧园区", level="国家级")]}, user=reviewer
    )
    assert run.rows.get().key == platform.code
    assert run.rows.get().after == {"level": "国家级"}
    assert codes_of(run) == {(2, "name", "former_name")}
    assert (run.errors, run.warnings) == (0, 1)


def test_two_records_of_one_name_are_an_error_that_names_them(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    twin = make.make_platform(programme, division, name=platform.name)
    run = checked(programme, {"platforms": [new(division, platform.name)]}, user=reviewer)
    assert codes_of(run) == {(2, "name", "ambiguous")}
    message = run.problems.get().message
    assert platform.code in message
    assert twin.code in message


def test_a_new_code_for_a_known_name_is_asked_about(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    rows = [{"code": "X-1", "name": platform.name, "division": division.code}]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert (run.added, run.errors) == (1, 0)
    assert codes_of(run) == {(2, "code", "namesake")}


def test_one_record_twice_is_told_at_both_rows(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    rows = [row(platform), new(division, "新设园区"), new(division, platform.name)]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert codes_of(run) == {(2, "code", "duplicate"), (4, "code", "duplicate")}
    assert (run.added, run.faulty) == (1, 2)


def test_a_row_that_stands_twice_is_told_with_what_its_cell_holds(
    programme: Programme, division: Division, reviewer: User
) -> None:
    make.make_body(programme, division, code="B1")
    rows = [{"body": "B1", "category": "administrative", "on_post": 3}] * 2
    run = checked(programme, {"staff": rows}, template="staff", user=reviewer)
    told = set(run.problems.values_list("row", "column", "value", "code"))
    assert told == {(2, "body", "B1", "duplicate"), (3, "body", "B1", "duplicate")}


def test_a_new_name_twice_is_told_at_both_rows(
    programme: Programme, division: Division, reviewer: User
) -> None:
    other = make.make_division(programme)
    rows = [new(division, "新设园区"), new(division, "新设园区"), new(other, "新设园区")]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert codes_of(run) == {(2, "code", "duplicate"), (3, "code", "duplicate")}
    assert (run.added, run.faulty) == (1, 2)


def test_no_sheet_has_a_unique_value_beyond_its_key() -> None:
    # If one gets such a constraint, its rows have to be compared over chunks and the database.
    for key in ("ledger", "bodies", "staff"):
        for subject in TEMPLATES[key].subjects:
            sheet = subject.format
            assert not uniques_of(sheet.model, frozenset(sheet.key)), subject.key


# --- Bodies, posts, plates and staff --------------------------------------------------------------


def test_posts_refer_to_bodies_that_the_same_file_adds(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    known = make.make_body(programme, division, platform)
    sheets: dict[str, list[dict[str, Any]]] = {
        "bodies": [
            {
                "code": None,
                "name": "新管委会",
                "division": division.name,
                "platforms": platform.name,
                "rank": "正处级",
            },
            {"code": known.code, "name": known.name, "division": division.code, "platforms": None},
        ],
        "posts": [
            {"body": "新管委会", "title": "主任", "authorised": 1, "filled": 1},
            {"body": known.code, "title": "主任", "authorised": 2, "filled": None},
        ],
        "plates": [{"code": None, "title": "省级高新区", "platform": platform.code}],
    }
    run = checked(programme, sheets, template="bodies", user=reviewer)
    assert list(run.problems.values_list("row", "message")) == []
    assert (run.added, run.changed) == (4, 1)
    change = run.rows.get(action="change")
    assert (change.before, change.after) == ({"platforms": platform.name}, {"platforms": ""})

    assert committed(run, reviewer).state == State.COMMITTED

    body = ManagementBody.objects.get(name="新管委会")
    assert [remit.platform for remit in body.remits.all()] == [platform]
    assert not known.remits.exists()
    posts = LeadershipPost.objects.order_by("authorised")
    assert [(post.body, post.filled) for post in posts] == [(body, 1), (known, None)]
    assert Plate.objects.get().platform == platform


def test_staff_is_counted_at_the_baseline_where_no_day_is_given(
    programme: Programme, division: Division, reviewer: User
) -> None:
    body = make.make_body(programme, division)
    HeadCount.objects.filter(body=body).delete()
    rows = [{"body": body.name, "category": "行政", "authorised": 12, "on_post": 10}]
    run = checked(programme, {"staff": rows}, template="staff", user=reviewer)
    committed(run, reviewer)
    count = HeadCount.objects.get()
    assert (count.body, count.counted_on) == (body, programme.baseline_date)
    assert (count.authorised, count.on_post) == (12, 10)
    assert checked(programme, {"staff": rows}, template="staff", user=reviewer).same == 1


def test_a_reference_to_nothing_and_to_a_faulty_row_are_told_apart(
    programme: Programme, division: Division, reviewer: User
) -> None:
    sheets = {
        "bodies": [{"code": "B-9", "name": "管委会", "division": division.code, "rank": "很高"}],
        "posts": [{"body": "B-9", "title": "主任"}, {"body": "B-8", "title": "主任"}],
    }
    run = checked(programme, sheets, template="bodies", user=reviewer)
    assert codes_of(run) == {
        (2, "rank", "not_a_choice"),
        (2, "body", "faulty_reference"),
        (3, "body", "unknown"),
    }


def test_bodies_that_share_a_social_credit_code_are_warned_of_once(
    programme: Programme, division: Division, reviewer: User
) -> None:
    uscc = "91110000600037341L"
    rows = [
        {"code": None, "name": f"管委会{number}", "division": division.code, "uscc": uscc}
        for number in range(2)
    ]
    run = checked(programme, {"bodies": rows}, template="bodies", user=reviewer)
    assert codes_of(run) == {(3, "uscc", "check")}


# --- Placeholders ---------------------------------------------------------------------------------


def test_without_the_column_only_a_record_that_changes_is_a_placeholder_no_more(
    programme: Programme, division: Division, reviewer: User
) -> None:
    marked = {"is_placeholder": True, "note": "占位"}
    repeated, changed = (make.make_platform(programme, division, **marked) for _ in range(2))
    rows = [row(repeated, level="区县级"), row(changed, level="国家级")]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert (run.same, run.changed) == (1, 1)
    committed(run, reviewer)
    repeated.refresh_from_db()
    changed.refresh_from_db()
    assert (repeated.is_placeholder, repeated.note) == (True, "占位")
    assert (changed.is_placeholder, changed.note) == (False, "")


def test_the_column_decides_where_it_is_there(
    programme: Programme, division: Division, reviewer: User
) -> None:
    stays, goes = (make.make_platform(programme, division, is_placeholder=True) for _ in range(2))
    rows = [
        row(stays, level="国家级", placeholder="yes"),
        row(goes, level="区县级", placeholder=None),
    ]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert codes_of(run) == {(2, "placeholder", "still_placeholder")}
    committed(run, reviewer)
    assert list(Platform.objects.filter(is_placeholder=True)) == [stays]


# --- Whose rows -----------------------------------------------------------------------------------


def test_a_file_of_one_division_holds_no_rows_of_another(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    other = make.make_division(programme)
    theirs = make.make_platform(programme, other)
    rows = [
        row(platform, level="国家级"),
        row(theirs, level="国家级"),
        {**row(theirs, level="国家级"), "division": division.code},
    ]
    run = checked(programme, {"platforms": rows}, user=reviewer, division=division)
    assert codes_of(run) >= {(3, "division", "other_division"), (4, "code", "other_division")}
    assert (run.changed, run.faulty) == (1, 2)


def test_a_file_of_one_division_needs_no_column_of_divisions(
    programme: Programme, division: Division, platform: Platform, reviewer: User
) -> None:
    rows = [{"code": platform.code, "name": platform.name, "level": "国家级"}]
    run = checked(programme, {"platforms": rows}, user=reviewer, division=division)
    assert (run.state, run.changed, run.errors) == (State.CHECKED, 1, 0)


def test_who_may_send_what(programme: Programme, division: Division) -> None:
    official = make.make_user(Role.DISTRICT_OFFICIAL, division=division)
    elsewhere = make.make_division(programme)

    def send(user: User, template: str, of: Division | None, *, direct: bool) -> None:
        receive(
            programme=programme,
            division=of,
            template=template,
            upload=upload(workbook({"platforms": [new(division, "园区")]})),
            user=user,
            direct=direct,
        )

    for role in (Role.ANALYST, Role.AUDITOR, Role.COUNTERSIGNER):
        with pytest.raises(PermissionDenied):
            send(make.make_user(role), "ledger", None, direct=True)
    for template, of, direct in (
        ("ledger", division, True),
        ("ledger", None, False),
        ("ledger", elsewhere, False),
        ("plan", elsewhere, False),
    ):
        with pytest.raises(PermissionDenied):
            send(official, template, of, direct=direct)
    with pytest.raises(PermissionDenied):
        send(make.make_user(Role.COMMISSION_REVIEWER), "plan", division, direct=True)
    send(make.make_user(Role.ADMINISTRATOR), "ledger", None, direct=True)
    send(official, "ledger", division, direct=False)
    assert ImportRun.objects.count() == 2
    city = runs_visible_to(make.make_user(Role.COMMISSION_REVIEWER), programme)
    assert [run.direct for run in city] == [True]
    assert [run.direct for run in runs_visible_to(official, programme)] == [False]
    assert not runs_visible_to(make.make_user(Role.ANALYST), programme).exists()


def test_nobody_keeps_the_worker_for_himself(programme: Programme, reviewer: User) -> None:
    for _ in range(3):
        ImportRun.objects.create(
            programme=programme,
            template="ledger",
            file_name="台账.xlsx",
            language="zh-hans",
            direct=True,
            state=State.QUEUED,
            uploaded_by=reviewer,
        )
    with pytest.raises(ValidationError) as refused:
        checked(programme, {"platforms": [{"name": "园区"}]}, user=reviewer)
    assert refused.value.code == "too_many"


# --- What the columns are -------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_refused_with_words_and_not_kept(
    programme: Programme, reviewer: User
) -> None:
    run = receive(
        programme=programme,
        division=None,
        template="ledger",
        upload=upload(b"PK\x03\x04 no workbook"),
        user=reviewer,
        direct=True,
    )
    assert run.state == State.REFUSED
    assert run.refusal_code
    assert run.refusal
    assert run.remedy
    assert not run.file


def test_a_file_over_which_the_reading_stumbles_is_told_and_not_kept(
    programme: Programme, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(importing, "match_up", stumbles)
    run = checked(programme, {"platforms": [{"name": "园区"}]}, user=reviewer)
    assert (run.state, run.refusal_code) == (State.REFUSED, "failed")
    assert not run.file


def test_an_empty_file_is_refused_at_the_door(programme: Programme, reviewer: User) -> None:
    with pytest.raises(ValidationError) as refused:
        receive(
            programme=programme,
            division=None,
            template="ledger",
            upload=upload(b""),
            user=reviewer,
            direct=True,
        )
    assert refused.value.code == "empty"


def waiting(programme: Programme, division: Division, user: User, of: Any = None) -> ImportRun:
    """Return the run of an office's own sheet, whose columns nobody has confirmed."""
    content = workbook({"platforms": [new(division, "园区")]})
    return receive(
        programme=programme,
        division=of,
        template="ledger",
        upload=upload(content),
        user=user,
        direct=True,
    )


def test_a_confirmed_heading_is_remembered_for_its_division(
    programme: Programme, division: Division, reviewer: User
) -> None:
    run = waiting(programme, division, reviewer, division)
    assert run.state == State.TO_CONFIRM
    match = Match.from_json(run.matches[0])
    at = next(found for found in match.found if found.name == "name")
    at.heading, at.how = "园区叫什么", How.CHOSEN
    confirm(run=run, matches=[match], user=reviewer)
    memory = HeadingMemory.objects.get()
    assert (memory.column, memory.division, memory.used_by) == ("name", division, reviewer)
    template = TEMPLATES["ledger"]
    assert list(remembered(programme, division, template).values()) == ["name"]
    assert remembered(programme, None, template) == {}


def test_a_match_that_lacks_a_column_or_has_one_twice_is_not_taken(
    programme: Programme, division: Division, reviewer: User
) -> None:
    run = waiting(programme, division, reviewer)
    match = Match.from_json(run.matches[0])
    for found in match.found:
        found.name = "division" if found.name == "name" else found.name
    with pytest.raises(ValidationError) as refused:
        confirm(run=run, matches=[match], user=reviewer)
    assert len(refused.value.messages) == 2
    run.refresh_from_db()
    assert run.state == State.TO_CONFIRM
    cancel(run=run, user=reviewer)
    with pytest.raises(ValidationError):
        confirm(run=run, matches=[match], user=reviewer)


def test_a_day_that_keeps_a_platform_out_of_the_baseline_is_warned_of(
    programme: Programme, division: Division, reviewer: User
) -> None:
    day = programme.baseline_date + datetime.timedelta(days=1)
    rows = [new(division, "新设园区", established_on=day.isoformat())]
    run = checked(programme, {"platforms": rows}, user=reviewer)
    assert codes_of(run) == {(2, "established_on", "check")}
    assert run.can_be_committed


def test_found_is_what_matching_says() -> None:
    # The page sends back what was found: nothing of it may be lost on the way.
    match = Match("台账", "platforms", (2, 3), [Found(0, "名称", "name", How.LABEL, ["园区"])])
    assert Match.from_json(match.as_json()) == match
