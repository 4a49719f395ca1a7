"""Corrections of the ledger: asked for by a division, in force once the commission confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from consolidation.correctable import CORRECTABLE, as_json, register
from consolidation.ledger_records import PLATFORM
from consolidation.models import Correction, Notice, PlateDisposition, Programme
from consolidation.selectors.corrections import changes_of, corrections_visible_to
from consolidation.services.confirming import effect_of
from consolidation.services.corrections import (
    confirm_correction,
    refuse_correction,
    withdraw_correction,
)
from consolidation.services.requesting import (
    Asked,
    digest_of,
    request_correction,
    request_corrections,
)
from consolidation.services.seen import ConflictError
from platforms_portal.access import Role
from staffing.models import HeadCount
from tests import factories as f
from zones.models import Division, ManagementBody, Plate, Platform

PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass
class Case:
    """A district with one platform, one body and one plate, all placeholders."""

    programme: Programme
    division: Division
    platform: Platform
    body: ManagementBody
    plate: Plate
    official: User
    other: User
    reviewer: User

    def url(self, name: str, *args: Any, query: str = "") -> str:
        """Return an address of the programme."""
        return reverse(name, args=[self.programme.code, *args]) + query

    def new(self, subject: str, kind: str = "change", pk: int | None = None) -> str:
        """Return the address of the form of a request."""
        return self.url("correction-new", query=f"?subject={subject}&kind={kind}&id={pk or ''}")

    def asked(self, subject: str, record: Any, **given: Any) -> Asked:
        """What changes in a record, as the form asks it."""
        kind = CORRECTABLE[subject]
        values = kind.read(self.programme, [record])[record.pk].values
        return Asked(
            subject=subject,
            kind="change",
            record_id=record.pk,
            reason="批文如此",
            source=given.pop("source", "杭政函〔2015〕1号"),
            given={**values, **given},
            seen=digest_of(values),
        )

    def request(self, asked: Asked) -> Correction:
        """Ask for a correction as the official."""
        return request_correction(
            programme=self.programme, division=self.division, asked=asked, user=self.official
        )

    def confirm(self, correction: Correction) -> Correction:
        """Confirm it as the reviewer."""
        return confirm_correction(correction=correction, answer="属实", user=self.reviewer)

    def strike(self, subject: str, record: Any) -> Correction:
        """Ask for a record to be struck out."""
        return self.request(Asked(subject, "strike", record.pk, "从未设立"))


@pytest.fixture
def case(db: None) -> Case:
    programme = f.make_programme()
    own, other = f.make_division(programme), f.make_division(programme)
    platform = f.make_platform(
        programme, own, is_placeholder=True, note="占位", approved_area="9.5"
    )
    return Case(
        programme,
        own,
        platform,
        f.make_body(programme, own, platform, is_placeholder=True),
        f.make_plate(programme, platform),
        f.make_user(Role.DISTRICT_OFFICIAL, division=own),
        f.make_user(Role.DISTRICT_OFFICIAL, division=other),
        f.make_user(Role.COMMISSION_REVIEWER),
    )


class TestRequest:
    def test_only_what_differs_is_kept_and_nothing_changes_yet(self, case: Case) -> None:
        asked = case.asked("platform", case.platform, name="真实名称", approved_area="21")
        correction = case.request(asked)
        assert correction.before == {
            "name": case.platform.name,
            "approved_area": "9.5",
            "source": "",
        }
        assert correction.after == {
            "name": "真实名称",
            "approved_area": "21",
            "source": "杭政函〔2015〕1号",
        }
        before = case.platform.name
        case.platform.refresh_from_db()
        assert case.platform.name == before
        notice = Notice.objects.get()
        assert (notice.user, notice.kind) == (case.reviewer, "correction_requested")
        assert notice.url == case.url("correction", correction.pk)

    def test_sent_twice_it_is_kept_once(self, case: Case) -> None:
        asked = case.asked("platform", case.platform, name="甲")
        added = Asked("platform", "add", None, "漏登", "批文", {"name": "新平台"})
        for twice in (asked, added):
            assert case.request(twice) == case.request(twice)
        assert (Correction.objects.count(), Notice.objects.count()) == (2, 2)

    def test_one_open_request_a_record(self, case: Case) -> None:
        case.request(case.asked("platform", case.platform, name="甲"))
        with pytest.raises(ValidationError):
            case.request(case.asked("platform", case.platform, name="乙"))

    def test_every_error_at_once(self, case: Case) -> None:
        asked = case.asked("body", case.body, name="", uscc="123", source=" ")
        with pytest.raises(ValidationError) as refused:
            case.request(replace(asked, reason=" "))
        assert set(refused.value.error_dict) == {"name", "uscc", "source", "reason"}

    def test_nothing_differs(self, case: Case) -> None:
        asked = case.asked("plate", case.plate, source="")
        Plate.objects.update(source="批文")
        asked = case.asked("plate", Plate.objects.get(), source="批文")
        with pytest.raises(ValidationError):
            case.request(asked)

    def test_many_are_judged_as_one_is_and_told_of_once(self, case: Case) -> None:
        right = case.asked("platform", case.platform, name="真实名称")
        wrong = case.asked("plate", case.plate, title="")
        gone = replace(case.asked("body", case.body, name="新名"), record_id=0)
        many = [right, wrong, gone, right, replace(right, reason="长" * 501)]
        done = request_corrections(
            programme=case.programme, division=case.division, asked=many, user=case.official
        )
        assert list(done.made) == [0]
        assert set(done.refused) == {1, 2, 3, 4}
        assert set(done.refused[1].message_dict) == {"title"}
        assert done.refused[3].code == "open"
        assert set(done.refused[4].message_dict) == {"reason"}
        assert Notice.objects.get().url.endswith(f"/corrections/{done.made[0].pk}/")
        again = request_corrections(
            programme=case.programme, division=case.division, asked=[right], user=case.official
        )
        assert again.made[0].pk == done.made[0].pk
        assert Notice.objects.count() == 1
        with pytest.raises(PermissionDenied):
            request_corrections(
                programme=case.programme, division=case.division, asked=many, user=case.other
            )

    def test_nobody_overwrites_what_they_have_not_seen(self, case: Case) -> None:
        asked = case.asked("platform", case.platform, kind="经开区")
        Platform.objects.update(name="别人改的")
        with pytest.raises(ConflictError) as conflict:
            case.request(asked)
        assert "name" in [field.name for field in conflict.value.fields]
        assert case.request(replace(asked, seen=conflict.value.seen)).after["kind"] == "经开区"

    def test_only_officials_and_only_their_own(self, case: Case) -> None:
        asked = case.asked("platform", case.platform, name="甲")
        for user in (case.other, case.reviewer):
            with pytest.raises(PermissionDenied):
                request_correction(
                    programme=case.programme, division=case.division, asked=asked, user=user
                )
        theirs = f.make_platform(case.programme, case.programme.division)
        with pytest.raises(ValidationError):
            case.request(replace(asked, record_id=theirs.pk))

    def test_a_platform_of_after_the_baseline_is_no_part_of_it(self, case: Case) -> None:
        given = {"name": "新平台", "established_on": "2019-01-01"}
        with pytest.raises(ValidationError) as refused:
            case.request(Asked("platform", "add", None, "漏登", "批文", given))
        assert "established_on" in refused.value.error_dict

    def test_a_retained_platform_is_not_struck_out(self, case: Case) -> None:
        f.make_retained(case.programme, case.platform)
        with pytest.raises(ValidationError):
            case.strike("platform", case.platform)

    def test_a_head_count_is_neither_added_nor_struck_out(self, case: Case) -> None:
        with pytest.raises(ValidationError):
            case.strike("head_count", case.body)


class TestAnswer:
    def test_confirming_writes_exactly_what_was_asked(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        Platform.objects.update(kind="后来补的")
        case.confirm(correction)
        platform = Platform.objects.get()
        assert (platform.name, platform.kind) == ("真实名称", "后来补的")
        assert (platform.is_placeholder, platform.note) == (False, "")
        assert platform.source == "杭政函〔2015〕1号"
        change = platform.history.latest()  # type: ignore[attr-defined]  # the history manager
        assert change.actor == case.reviewer.username
        assert str(correction.pk) in change.history_change_reason
        assert "批文如此" in change.history_change_reason
        decided = Notice.objects.get(kind="correction_decided")
        assert decided.user == case.official
        correction.refresh_from_db()
        assert (correction.state, correction.answer) == ("confirmed", "属实")

    def test_a_second_click_changes_nothing_more(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        case.confirm(correction)
        case.confirm(correction)
        assert Platform.objects.get().history.count() == 2  # type: ignore[attr-defined]  # the history manager
        assert Notice.objects.filter(kind="correction_decided").count() == 1
        with pytest.raises(ValidationError):
            refuse_correction(correction=correction, answer="不", user=case.reviewer)

    def test_a_record_that_moved_since_is_not_overwritten(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        Platform.objects.update(name="另改")
        assert effect_of(correction, case.reviewer).problems
        with pytest.raises(ValidationError) as refused:
            case.confirm(correction)
        assert refused.value.code == "moved"
        assert Platform.objects.get().name == "另改"
        correction.refresh_from_db()
        assert correction.state == "requested"

    def test_a_record_that_is_gone(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        Platform.objects.update(closed_on=f.BASELINE)
        with pytest.raises(ValidationError):
            case.confirm(correction)

    def test_a_new_platform_counts_from_then_on(self, case: Case) -> None:
        asked = Asked("platform", "add", None, "漏登", "批文", {"name": "新平台", "kind": ""})
        correction = case.request(asked)
        effect = {e.counter.name: e for e in effect_of(correction, case.reviewer).counts}
        assert (effect["platforms"].before, effect["platforms"].after) == (1, 2)
        assert effect["bodies"].difference == 0
        assert Platform.objects.count() == 1
        case.confirm(correction)
        new = Platform.objects.get(name="新平台")
        assert (new.division, new.origin, new.source) == (case.division, "ledger", "批文")
        correction.refresh_from_db()
        assert correction.subject_id == new.pk

    def test_a_code_that_is_taken_is_avoided(self, case: Case) -> None:
        correction = case.request(Asked("plate", "add", None, "漏登", "批文", {
            "title": "新牌子", "platform": case.platform.pk,
        }))  # fmt: skip
        Plate.objects.update(code=f"G{case.division.code}-C{correction.pk}")
        case.confirm(correction)
        assert Plate.objects.get(title="新牌子").platform == case.platform

    def test_a_platform_that_is_struck_out_stays_but_does_not_count(self, case: Case) -> None:
        correction = case.strike("platform", case.platform)
        effect = {e.counter.name: e for e in effect_of(correction, case.reviewer).counts}
        assert (effect["platforms"].before, effect["platforms"].after) == (1, 0)
        case.confirm(correction)
        assert Platform.objects.get().closed_on == f.BASELINE
        assert not PLATFORM.records(case.programme, case.division.pk).exists()

    def test_a_body_with_its_platforms(self, case: Case) -> None:
        second = f.make_platform(case.programme, case.division)
        asked = case.asked("body", case.body, platforms=[second.pk], secretary_is_director=True)
        correction = case.request(asked)
        assert {c.name: c.after for c in changes_of(correction)}["platforms"] == second.name
        case.confirm(correction)
        case.body.refresh_from_db()
        assert [p.pk for p in case.body.platforms.all()] == [second.pk]
        assert case.body.secretary_is_director is True
        case.confirm(case.strike("body", case.body))
        case.body.refresh_from_db()
        assert case.body.abolished_on == f.BASELINE

    def test_a_plate_goes_only_where_nothing_refers_to_it(self, case: Case) -> None:
        correction = case.strike("plate", case.plate)
        plan = f.make_plan(case.programme, case.division)
        fate = f.dispose_plate(plan, case.plate, PlateDisposition.Fate.DROP)
        with pytest.raises(ValidationError):
            case.confirm(correction)
        with pytest.raises(ValidationError):
            case.strike("plate", case.plate)
        fate.delete()
        case.confirm(correction)
        assert not Plate.objects.exists()

    def test_head_counts_of_a_body(self, case: Case) -> None:
        f.count_heads(case.body, 10, 5, is_placeholder=True)
        asked = case.asked(
            "head_count",
            case.body,
            **{"on_post-administrative": 12, "on_post-public": None, "authorised-contract": 3},
        )
        correction = case.request(asked)
        effect = {e.counter.name: e for e in effect_of(correction, case.reviewer).counts}
        assert (effect["people"].before, effect["people"].after) == (15, 12)
        case.confirm(correction)
        rows = {row.category: row for row in HeadCount.objects.all()}
        assert set(rows) == {"administrative", "contract"}
        assert rows["administrative"].on_post == 12
        assert (rows["contract"].on_post, rows["contract"].authorised) == (None, 3)
        assert not any(row.is_placeholder or not row.source for row in rows.values())

    def test_a_negative_head_count(self, case: Case) -> None:
        with pytest.raises(ValidationError) as refused:
            case.request(case.asked("head_count", case.body, **{"on_post-public": -1}))
        assert "on_post-public" in refused.value.error_dict

    def test_a_refusal_says_why(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        with pytest.raises(ValidationError) as refused:
            refuse_correction(correction=correction, answer=" ", user=case.reviewer)
        assert "answer" in refused.value.error_dict
        refuse_correction(correction=correction, answer="无依据", user=case.reviewer)
        refuse_correction(correction=correction, answer="无依据", user=case.reviewer)
        assert Platform.objects.get().name == case.platform.name
        assert "无依据" in Notice.objects.get(kind="correction_decided").detail

    def test_withdrawn_by_its_division_alone(self, case: Case) -> None:
        correction = case.request(case.asked("platform", case.platform, name="真实名称"))
        for user in (case.other, case.reviewer):
            with pytest.raises(PermissionDenied):
                withdraw_correction(correction=correction, user=user)
        for _ in range(2):
            assert withdraw_correction(correction=correction, user=case.official).decided_by
        for decide in (confirm_correction, refuse_correction):
            with pytest.raises(PermissionDenied):
                decide(correction=correction, answer="好", user=case.official)
            with pytest.raises(ValidationError):
                decide(correction=correction, answer="好", user=case.reviewer)
        again = case.request(case.asked("platform", case.platform, name="真实名称"))
        case.confirm(again)
        with pytest.raises(ValidationError):
            withdraw_correction(correction=again, user=case.official)


class TestPages:
    def test_the_check_in_a_constant_number_of_queries(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        f.count_heads(case.body, 10, 5, is_placeholder=True)
        case.request(case.asked("plate", case.plate, title="更正"))
        url = case.url("ledger-check")
        client.get(url)
        with CaptureQueriesContext(connection) as one:
            page = client.get(url)
        assert page.context["check"].open_number == 1
        assert page.context["check"].placeholders == 3
        for _ in range(2):
            platform = f.make_platform(case.programme, case.division)
            body = f.make_body(case.programme, case.division, platform, case.platform)
            f.make_plate(case.programme, platform)
            f.count_heads(body, 1, 2, 3)
        alone = f.make_body(case.programme, case.division)
        theirs = f.make_platform(case.programme, case.programme.division)
        with CaptureQueriesContext(connection) as three:
            page = client.get(url)
        assert len(three) == len(one)
        shown = page.content.decode()
        assert page.context["check"].rows[0].platform.record == case.platform
        assert [held.body.record for held in page.context["check"].others] == [alone]
        assert "10/—" in shown
        assert theirs.name not in shown

    def test_ask_and_confirm_through_the_pages(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("platform", "change", case.platform.pk)
        page = client.get(url)
        form = {
            "name": "真实名称",
            "level": "provincial",
            "approved_area": "9.50",
            "established_on": "2015-06-01",
            "source": "批文",
            "reason": "核对批文",
            "seen": page.context["seen"],
            "files": [SimpleUploadedFile("批文.pdf", PDF)],
        }
        response = client.post(url, form)
        correction = Correction.objects.get()
        assert response["Location"] == case.url("correction", correction.pk)
        assert set(correction.after) == {"name", "level", "established_on", "source"}
        assert correction.attachments.get().name == "批文.pdf"
        # The same form from a second tab, and the form of a record that is asked about already.
        assert client.get(url)["Location"] == response["Location"]
        client.force_login(case.reviewer)
        page = client.get(response["Location"])
        assert page.context["may_decide"]
        assert "真实名称" in page.content.decode()
        decide = case.url("correction-decide", correction.pk)
        answer = client.post(decide, {"decision": "confirm", "answer": "属实"})
        assert answer["Location"] == response["Location"]
        assert Platform.objects.get().name == "真实名称"
        page = client.get(response["Location"])
        assert page.context["effect"] is None

    def test_what_was_typed_is_not_lost(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("body", "change", case.body.pk)
        bad = SimpleUploadedFile("坏.pdf", b"MZ")
        form = {"name": "", "uscc": "1", "parent_body": "某单位", "files": [bad]}
        response = client.post(url, form)
        assert response.status_code == 422
        assert {"name", "uscc", "source", "reason"} <= set(response.context["form"].errors)
        shown = response.content.decode()
        assert "某单位" in shown
        assert "坏.pdf" in shown
        assert not Correction.objects.exists()

    def test_what_the_service_refuses_stands_at_the_field(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("platform", "add")
        form = {
            "name": "新平台",
            "level": "district",
            "established_on": "2019-05-01",
            "source": "批文",
            "reason": "漏登",
        }
        response = client.post(url, form)
        assert response.status_code == 422
        assert "established_on" in response.context["form"].errors
        response = client.post(url, {**form, "established_on": "2010-05-01"})
        assert response.status_code == 302

    def test_what_form_files_and_service_refuse_comes_at_once(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(case.official)
        form = {"name": "新平台", "level": "district", "established_on": "2019-05-01"}
        response = client.post(case.new("platform", "add"), {**form, "approved_area": "很大"})
        assert response.status_code == 422
        errors = response.context["form"].errors
        assert {"established_on", "approved_area", "source", "reason"} <= set(errors)
        # Each is said once, by whoever could read it.
        assert all(len(told) == 1 for told in errors.values())
        bad = SimpleUploadedFile("坏.pdf", b"MZ")
        sent = form | {"source": "批文", "reason": "漏登", "files": [bad]}
        response = client.post(case.new("platform", "add"), sent)
        assert "established_on" in response.context["form"].errors
        assert "坏.pdf" in response.content.decode()
        assert not Correction.objects.exists()

    def test_a_form_that_is_refused_does_not_pass_for_one_that_was_read(
        self, case: Case, client: Client
    ) -> None:
        client.force_login(case.official)
        url = case.new("plate", "change", case.plate.pk)
        seen = client.get(url).context["seen"]
        Plate.objects.update(title="别人的")
        form = {"title": "", "platform": case.platform.pk, "level": "national", "seen": seen}
        form |= {"source": "批文", "reason": "核对"}
        response = client.post(url, form)
        assert response.status_code == 422
        # The title could not be compared, so it is at the next attempt.
        assert response.context["seen"] == seen
        response = client.post(url, form | {"title": "我的"})
        assert "别人的" in response.content.decode()
        assert not Correction.objects.exists()

    def test_a_conflict_shows_both_values(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("plate", "change", case.plate.pk)
        page = client.get(url)
        Plate.objects.update(title="别人的")
        form = {
            "title": "我的",
            "platform": case.platform.pk,
            "level": "national",
            "source": "批文",
            "reason": "核对",
            "seen": page.context["seen"],
        }
        response = client.post(url, form)
        assert response.status_code == 422
        shown = response.content.decode()
        assert "别人的" in shown
        assert "我的" in shown
        form["seen"] = response.context["seen"]
        assert client.post(url, form).status_code == 302

    def test_strike_out(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("body", "strike", case.body.pk)
        assert client.post(url, {"reason": ""}).status_code == 422
        response = client.post(url, {"reason": "未设机构"}, follow=True)
        correction = Correction.objects.get()
        assert "2018-12-31" in response.content.decode()
        client.post(case.url("correction-withdraw", correction.pk))
        correction.refresh_from_db()
        assert correction.state == "withdrawn"
        client.force_login(case.reviewer)
        decide = case.url("correction-decide", correction.pk)
        assert client.post(decide, {"decision": "confirm"}).status_code == 422

    def test_a_refusal_without_a_word(self, case: Case, client: Client) -> None:
        correction = case.strike("plate", case.plate)
        client.force_login(case.reviewer)
        decide = case.url("correction-decide", correction.pk)
        response = client.post(decide, {"decision": "refuse", "answer": ""})
        assert response.status_code == 422
        assert "answer" in response.context["form"].errors
        assert client.post(decide, {"answer": "好"}).status_code == 422
        client.post(decide, {"decision": "refuse", "answer": "无依据"})
        correction.refresh_from_db()
        assert correction.state == "refused"

    def test_head_counts_through_the_page(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.new("head_count", "change", case.body.pk)
        seen = client.get(url).context["seen"]
        form = {"on_post-public": "7", "source": "报表", "reason": "核对", "seen": seen}
        assert client.post(url, {**form, "on_post-public": "七"}).status_code == 422
        page = client.post(url, form, follow=True)
        assert page.status_code == 200
        assert Correction.objects.get().after["on_post-public"] == 7

    def test_bad_addresses(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        for query in ("?subject=x", "?subject=head_count&kind=add", "?subject=plate&kind=x"):
            assert client.get(case.url("correction-new", query=query)).status_code == 400
        theirs = f.make_platform(case.programme, case.programme.division)
        for key in ("", "x", str(theirs.pk)):
            query = f"?subject=platform&kind=change&id={key}"
            assert client.get(case.url("correction-new", query=query)).status_code == 404
        assert client.get(case.url("corrections", query="?correction_state=x")).status_code == 400

    def test_the_list_shows_the_open_ones_first(self, case: Case, client: Client) -> None:
        first = case.strike("platform", case.platform)
        second = case.strike("body", case.body)
        withdraw_correction(correction=second, user=case.official)
        url = case.url("corrections")
        client.force_login(case.reviewer)
        assert [c.pk for c in client.get(url).context["page_obj"]] == [first.pk, second.pk]
        page = client.get(url, {"correction_state": "withdrawn"})
        assert [c.pk for c in page.context["page_obj"]] == [second.pk]
        client.force_login(case.other)
        assert list(client.get(url).context["page_obj"]) == []

    def test_the_list_in_a_constant_number_of_queries(self, case: Case, client: Client) -> None:
        client.force_login(case.reviewer)
        case.strike("platform", case.platform)
        client.get(case.url("corrections"))
        with CaptureQueriesContext(connection) as one:
            client.get(case.url("corrections"))
        case.strike("body", case.body)
        case.strike("plate", case.plate)
        with CaptureQueriesContext(connection) as three:
            client.get(case.url("corrections"))
        assert len(three) == len(one)

    def test_access(self, case: Case, client: Client) -> None:
        correction = case.strike("body", case.body)
        page = case.url("correction", correction.pk)
        decide = case.url("correction-decide", correction.pk)
        withdraw = case.url("correction-withdraw", correction.pk)
        for url in (page, case.url("ledger-check"), case.url("correction-new")):
            assert client.get(url).status_code == 302
        client.force_login(case.reviewer)
        assert client.get(case.url("ledger-check")).status_code == 403
        assert client.get(case.url("correction-new")).status_code == 403
        assert client.post(withdraw).status_code == 403
        client.force_login(case.official)
        assert client.post(decide).status_code == 403
        client.force_login(case.other)
        assert client.get(page).status_code == 404
        assert client.post(withdraw).status_code == 404
        # Who may not see bodies does not see what is asked about them.
        department = f.make_department(case.programme)
        blind = f.make_user(Role.COUNTERSIGNER, department=department)
        assert not corrections_visible_to(blind, case.programme).exists()

    def test_a_division_that_is_no_owner(self, case: Case, client: Client) -> None:
        later = Division.objects.create(
            code="919999", name="新区", parent=case.programme.division, valid_from=f.AS_OF
        )
        client.force_login(f.make_user(Role.DISTRICT_OFFICIAL, division=later))
        assert client.get(case.url("ledger-check")).status_code == 404


def test_values_are_kept_alike() -> None:
    from decimal import Decimal  # noqa: PLC0415 - the one use

    assert as_json(Decimal("12.5000")) == as_json(Decimal("12.5")) == "12.5"
    assert (as_json(Decimal(0)), as_json(Decimal(100)), as_json(None)) == ("0", "100", None)


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        register(PLATFORM)
