"""Views that a reader saves: the address of a page with its filters, under a name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consolidation.models import Programme
from dashboards.models import SavedView
from dashboards.selectors.saved import is_page_of
from platforms_portal.access import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    programme: Programme
    user: User
    client: Client

    @property
    def url(self) -> str:
        return reverse("saved-views", args=[self.programme.code])

    @property
    def bodies(self) -> str:
        return reverse("bodies", args=[self.programme.code]) + "?placeholder=yes&sort=-name"


@pytest.fixture
def desk() -> Desk:
    programme = make.make_programme()
    user = make.make_user(Role.COMMISSION_REVIEWER)
    client = Client()
    client.force_login(user)
    return Desk(programme, user, client)


def test_a_page_is_saved_with_its_filters_and_opened_again(desk: Desk) -> None:
    offered = desk.client.get(desk.bodies).content.decode()
    assert f"{desk.url}?address=%2Fprogrammes%2F" in offered
    form = desk.client.get(desk.url, {"address": desk.bodies}).context["form"]
    answer = desk.client.post(
        desk.url, {"name": " 占位机构 ", "address": form["address"].value()}, follow=True
    )
    assert answer.status_code == 200
    (view,) = answer.context["views"]
    assert (view.name, view.address) == ("占位机构", desk.bodies)
    assert view.history.get().actor == desk.user.username
    assert desk.client.get(view.address).status_code == 200


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_saved(desk: Desk) -> None:
    answer = desk.client.post(desk.url, {"name": "", "address": "https://elsewhere.example/"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name"}
    answer = desk.client.post(desk.url, {"name": "x", "address": "https://elsewhere.example/"})
    assert set(answer.context["form"].errors) == {"address"}
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once(desk: Desk) -> None:
    for status in (302, 422):
        answer = desk.client.post(desk.url, {"name": "mine", "address": desk.bodies})
        assert answer.status_code == status
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "//elsewhere.example/programmes/CODE/",
        "/programmes/another/",
        "/admin/",
        "/programmes/CODE/no/such/page/",
        "/programmes/CODE/..\\..",
        "javascript:alert(1)",
    ],
)
def test_only_pages_of_the_programme_are_saved(desk: Desk, address: str) -> None:
    asked = address.replace("CODE", desk.programme.code)
    assert not is_page_of(desk.programme, asked)
    assert desk.client.get(desk.url, {"address": asked}).status_code == 400


def test_another_readers_view_is_neither_listed_nor_removed(desk: Desk) -> None:
    other = Client()
    other.force_login(make.make_user(Role.ANALYST))
    desk.client.post(desk.url, {"name": "mine", "address": desk.bodies})
    view = SavedView.objects.get()
    assert other.get(desk.url).context["views"] == []
    drop = reverse("saved-view-drop", args=[desk.programme.code, view.pk])
    assert other.post(drop).status_code == 404
    assert desk.client.post(drop).status_code == 302
    assert not SavedView.objects.exists()


def test_a_form_that_was_refused_is_no_view(desk: Desk) -> None:
    refused = desk.client.post(desk.url, {"name": "", "address": desk.bodies})
    assert "address=" not in refused.content.decode()


def test_the_administration_looks_at_views_and_writes_none(desk: Desk) -> None:
    view = SavedView.objects.create(
        user=desk.user, programme=desk.programme, name="机构", address=desk.bodies
    )
    desk.client.force_login(make.make_user(Role.ADMINISTRATOR))
    address = f"/admin/dashboards/savedview/{view.pk}/change/"
    assert 'name="_save"' not in desk.client.get(address).content.decode()
    assert desk.client.post(address, {"address": "/elsewhere/"}).status_code == 403
