"""Whoever is signed out while a form is open comes back to the page of the form, not to its address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from consolidation.models import MergePlan
from platforms_portal.access import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> MergePlan:
    programme = make.make_programme()
    division = make.make_division(programme)
    make.make_user(Role.DISTRICT_OFFICIAL, division=division, username="official")
    return make.make_plan(programme, division, MergePlan.State.DRAFT)


def send(client: Client, plan: MergePlan, **headers: str) -> tuple[int, str]:
    address = reverse("plan-reason", args=[plan.programme.code, plan.pk])
    answer = client.post(address, {"reason": "x"}, headers=headers)
    query = urlsplit(answer.headers.get("Location", "")).query
    return answer.status_code, parse_qs(query).get("next", [""])[0]


def test_signing_in_leads_back_to_the_page_of_the_form(client: Client, plan: MergePlan) -> None:
    page = reverse("plan-submit", args=[plan.programme.code, plan.pk])
    status, back = send(client, plan, Referer=f"http://testserver{page}?part=1")
    assert (status, back) == (302, f"{page}?part=1")
    login = f"{reverse('login')}?next={back}"
    answer = client.post(login, {"username": "official", "password": make.PASSWORD})
    assert answer.headers["Location"] == back
    assert client.get(back).status_code == 200


@pytest.mark.parametrize(
    "referer", ["", "http://elsewhere.example/x/", "http:///x", "javascript:1"]
)
def test_from_elsewhere_it_leads_to_the_overview(
    client: Client, plan: MergePlan, referer: str
) -> None:
    assert send(client, plan, Referer=referer) == (302, "/")


def test_a_visit_leads_to_where_it_wanted(client: Client, plan: MergePlan) -> None:
    page = reverse("plan-submit", args=[plan.programme.code, plan.pk])
    answer = client.get(page, headers={"Referer": "http://testserver/elsewhere/"})
    assert answer.headers["Location"] == f"{reverse('login')}?next={page}"
