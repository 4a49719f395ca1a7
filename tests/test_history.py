"""The history: every change with actor, time and request, and what a record was on a day."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from simple_history.utils import get_history_model_for_model

from consolidation.models import Disposition, Programme
from platforms_portal.access import Role
from platforms_portal.history import create_recorded, update_recorded
from tests import factories as make
from zones.models import Division, Level, Platform

APPS = ("accounts", "zones", "consolidation", "staffing", "followup")
WITHOUT_HISTORY = {
    "zones.Adjacency": "The map's neighbours: loaded whole with the divisions, and no decision.",
}


def history(of: Any) -> Any:
    """Return the history of a record, or of all records of a model."""
    return of.history


def models_of_the_site() -> list[type[models.Model]]:
    """Return every model that people's data are kept in, without the histories themselves."""
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "history_id")
    ]


class TestEveryModel:
    def test_has_a_history_or_a_reason(self) -> None:
        without = {
            model._meta.label for model in models_of_the_site() if not hasattr(model, "history")
        }
        assert without == set(WITHOUT_HISTORY)

    def test_keeps_actor_and_request_in_it(self) -> None:
        for model in models_of_the_site():
            if model._meta.label in WITHOUT_HISTORY:
                continue
            fields = {field.name for field in get_history_model_for_model(model)._meta.fields}
            assert {"actor", "request_id", "history_date", "history_user"} <= fields, model


@pytest.mark.django_db
class TestAChangeInARequest:
    def test_tells_who_when_in_which_request_and_what(self, client: Client) -> None:
        administrator = make.make_user(Role.ADMINISTRATOR, username="zhang")
        programme = make.make_programme(targets=False)
        client.force_login(administrator)
        before = timezone.now()
        department = make.make_department(programme, name="市发改委")
        response = client.post(
            reverse("admin:zones_department_change", args=[department.pk]),
            {
                "division": programme.division.pk,
                "name": "市发展和改革委员会",
                "name_en": "",
                "countersigns": "nothing",
            },
            # Anyone could write it: only the site's own number counts.
            headers={"x-request-id": "a-request"},
        )
        assert response.status_code == 302
        change, creation = history(department).all()
        assert (change.actor, change.history_user) == ("zhang", administrator)
        assert str(uuid.UUID(change.request_id)) == change.request_id
        assert change.history_date >= before
        (delta,) = change.diff_against(creation).changes
        assert (delta.field, delta.old, delta.new) == ("name", "市发改委", "市发展和改革委员会")

    def test_keeps_the_actors_name_when_the_account_is_gone(self) -> None:
        user = make.make_user(username="leaver")
        platform = make.make_platform(*_place())
        platform._history_user = user  # type: ignore[attr-defined]  # the library's way in
        platform.save()
        user.delete()
        change = history(platform).first()
        assert (change.actor, change.history_user) == ("leaver", None)


def _place() -> tuple[Programme, Division]:
    programme = make.make_programme(targets=False)
    return programme, make.make_division(programme, quota=None)


@pytest.mark.django_db
class TestWhatItWasOnADay:
    def test_is_answered_for_one_record_and_for_all(self) -> None:
        programme, division = _place()
        platform = make.make_platform(programme, division, name="仁和先进制造业基地")
        first = history(platform).get()
        first.history_date = _day(2018)
        first.save()
        platform.name = "钱江经济开发区"
        platform.save()
        change = history(platform).first()
        change.history_date = _day(2019)
        change.save()
        assert history(platform).as_of(_day(2018, month=6)).name == "仁和先进制造业基地"
        assert history(platform).as_of(_day(2020)).name == "钱江经济开发区"
        assert [was.name for was in history(Platform).as_of(_day(2018, month=6))] == [
            "仁和先进制造业基地"
        ]
        assert list(history(Platform).as_of(_day(2017))) == []

    def test_a_deleted_record_is_still_told(self) -> None:
        programme, division = _place()
        plan = make.make_plan(programme, division)
        disposition = make.dispose(plan, make.make_platform(programme, division), "abolish")
        moment, key = timezone.now(), disposition.pk
        disposition.delete()
        assert [was.pk for was in history(Disposition).as_of(moment)] == [key]
        assert list(history(Disposition).as_of(timezone.now())) == []
        assert history(Disposition).filter(id=key).latest().history_type == "-"


def _day(year: int, *, month: int = 1) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime(year, month, 1))  # noqa: DTZ001 - made aware


@pytest.mark.django_db
class TestInBulk:
    def test_creation_records_actor_and_reason(self) -> None:
        programme, division = _place()
        rows = [
            Platform(ledger=programme.ledger, division=division, code=f"X{number}", name="新平台")
            for number in range(3)
        ]
        created = create_recorded(Platform, rows, actor="load_programme", reason="hangzhou")
        histories = history(Platform).filter(code__startswith="X")
        assert {row.pk for row in created} == {change.id for change in histories}
        assert {
            (change.actor, change.history_change_reason, change.history_type)
            for change in histories
        } == {("load_programme", "hangzhou", "+")}

    def test_change_records_actor_reason_and_user(self) -> None:
        user = make.make_user(username="zhang")
        programme, division = _place()
        platforms = [make.make_platform(programme, division) for _ in range(2)]
        for platform in platforms:
            platform.level = Level.PROVINCIAL
        changed = update_recorded(
            Platform, platforms, ["level"], actor="zhang", reason="核定级别", user=user
        )
        assert changed == 2
        for platform in platforms:
            change = history(platform).first()
            assert (change.actor, change.history_user, change.history_change_reason) == (
                "zhang",
                user,
                "核定级别",
            )
            assert change.level == Level.PROVINCIAL

    def test_takes_as_many_queries_for_one_as_for_many(self) -> None:
        programme, division = _place()
        numbers = []
        for size in (1, 30):
            rows = [
                Platform(ledger=programme.ledger, division=division, code=f"{size}-{n}", name="新")
                for n in range(size)
            ]
            with CaptureQueriesContext(connection) as queries:
                create_recorded(Platform, rows, actor="loader", reason="test")
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]
