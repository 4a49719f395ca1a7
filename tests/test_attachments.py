"""Attached files: what is let in, who may change and open them, what is stored."""

from __future__ import annotations

import datetime
import hashlib
import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consolidation.models import (
    Attachment,
    BodyDisposition,
    Correction,
    Disposition,
    ExecutionStep,
    MergePlan,
    Programme,
)
from consolidation.selectors.attachments import (
    attachments_of,
    attachments_visible_to,
    orphaned_files,
)
from consolidation.services import attachments as service
from consolidation.services.attachments import attach, clean_name, detach
from consolidation.services.versions import copy_as_variant, drop_variant
from platforms_portal import file_formats, stored_files
from platforms_portal.access import Role
from tests import factories as f

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 100
OOXML = "application/vnd.openxmlformats-officedocument"
WORD = f"{OOXML}.wordprocessingml.document"
EXCEL = f"{OOXML}.spreadsheetml.sheet"


def office(
    folder: str = "word", main: str = f"{WORD}.main+xml", more: dict[str, bytes] | None = None
) -> bytes:
    """A minimal Office document, with more entries by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        archive.writestr(f"{folder}/document.xml", "<document/>")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return content.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same zip with the bit set that says an entry is encrypted."""
    directory = data.index(b"PK\x01\x02")
    flags = directory + 8
    return data[:flags] + b"\x01\x00" + data[flags + 2 :]


def ole(*names: str) -> bytes:
    """A compound file (the old Office formats) with the streams called ``names``."""
    entries = [("Root Entry", 5), *((name, 2) for name in names)]
    directory = b""
    for number, (name, kind) in enumerate(entries):
        child = 1 if kind == 5 and names else 0xFFFFFFFF
        right = number + 1 if kind == 2 and number + 1 < len(entries) else 0xFFFFFFFF
        text = name.encode("utf-16-le")
        entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
        entry += struct.pack("<III", 0xFFFFFFFF, right, child) + b"\0" * 36
        start = 0xFFFFFFFE
        directory += (entry + struct.pack("<IQ", start, 0)).ljust(128, b"\0")
    while len(directory) % 512:
        directory += b"\0" * 64 + b"\0" * 4 + b"\xff" * 12 + b"\0" * 48
    sectors = len(directory) // 512
    fat = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0).ljust(436, b"\xff")
    return head + table + directory


def sent(data: bytes = PDF, name: str = "请示.pdf", kind: str = "text/html") -> SimpleUploadedFile:
    """A file as a browser sends it; what it calls its type is never believed."""
    return SimpleUploadedFile(name, data, content_type=kind)


@dataclass
class Case:
    """A district with a draft and a step, and another district."""

    programme: Programme
    plan: MergePlan
    step: ExecutionStep
    official: User
    other: User
    reviewer: User

    def url(self, name: str, *args: Any) -> str:
        """Return an address of the programme."""
        return reverse(name, args=[self.programme.code, *args])


@pytest.fixture
def case(db: None) -> Case:
    programme = f.make_programme()
    own, other = f.make_division(programme), f.make_division(programme)
    platform = f.make_platform(programme, own)
    plan = f.make_plan(programme, own, MergePlan.State.DRAFT)
    step = ExecutionStep.objects.create(
        title="公布", disposition=f.dispose(plan, platform, Disposition.Kind.ABOLISH)
    )
    return Case(
        programme,
        plan,
        step,
        f.make_user(Role.DISTRICT_OFFICIAL, division=own),
        f.make_user(Role.DISTRICT_OFFICIAL, division=other),
        f.make_user(Role.COMMISSION_REVIEWER),
    )


class TestContent:
    @pytest.mark.parametrize(
        ("name", "data", "kind"),
        [
            ("a.pdf", PDF, "application/pdf"),
            ("a.PNG", PNG, "image/png"),
            ("a.jpg", JPEG, "image/jpeg"),
            ("a.jpeg", JPEG, "image/jpeg"),
            ("a.docx", office(), WORD),
            ("a.xlsx", office("xl", f"{EXCEL}.main+xml"), EXCEL),
            ("a.doc", ole("WordDocument"), "application/msword"),
            ("a.xls", ole("Workbook"), "application/vnd.ms-excel"),
        ],
    )
    def test_what_is_accepted(self, name: str, data: bytes, kind: str) -> None:
        assert service.check_upload(sent(data, name)).content_type == kind

    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("a.pdf", b"", "empty"),
            ("a.exe", EXE, "kind"),
            ("a.svg", b"<svg/>", "kind"),
            ("a", PDF, "kind"),
            ("a.pdf", EXE, "content"),
            ("a.pdf", PNG, "content"),
            ("a.png", PDF, "content"),
            ("a.pdf", b"%PDF-1.4 cut off", "damaged"),
            ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "damaged"),
            ("a.docx", office("xl", f"{EXCEL}.main+xml"), "content"),
            ("a.xlsx", office(), "content"),
            ("a.docx", office("word", f"{WORD.replace('.document', '')}.x"), "content"),
            ("a.docx", office()[:-30], "damaged"),
            ("a.docx", office(more={"word/vbaProject.bin": b"x"}), "macros"),
            ("a.docx", encrypted(office()), "encrypted"),
            ("a.docx", office(more={"word/media.xml": b"0" * 5_000_000}), "bomb"),
            ("a.doc", ole("Workbook"), "content"),
            ("a.xls", ole("WordDocument"), "content"),
            ("a.doc", ole("WordDocument", "Macros"), "macros"),
            ("a.doc", ole("EncryptedPackage"), "encrypted"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
            ("a.docx", ole("EncryptedPackage"), "encrypted"),
            ("a.xlsx", ole("EncryptionInfo", "EncryptedPackage"), "encrypted"),
            ("a.docx", ole("WordDocument"), "content"),
            ("a.pdf", PDF + office(), "polyglot"),
            ("a.png", PNG + office(), "polyglot"),
            ("a.jpg", JPEG + office(), "polyglot"),
            ("a.doc", ole("WordDocument") + office(), "polyglot"),
        ],
    )
    def test_what_is_refused(self, name: str, data: bytes, code: str) -> None:
        with pytest.raises(ValidationError) as refused:
            service.check_upload(sent(data, name))
        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("head", "locked"),
        [
            (b"\xec\xa5\xc1\0" + b"\0" * 6 + b"\0\x01" + b"\0" * 20, True),
            (b"\xec\xa5\xc1\0" + b"\0" * 6 + b"\xff\xfe" + b"\0" * 20, False),
            (b"\x09\x08\x02\0ab" + b"\x2f\0\x02\0xy", True),
            (b"\x09\x08\x04\0\x2f\0\x2f\0" + b"\x42\0\x01\0x", False),
            (b"", False),
        ],
    )
    def test_a_password_on_an_old_document_is_noticed(self, head: bytes, locked: bool) -> None:
        assert file_formats.is_locked(head) is locked

    def test_a_zip_of_too_many_entries(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(file_formats, "ZIP_ENTRIES_MAX", 2)
        with pytest.raises(ValidationError) as refused:
            service.check_upload(sent(office(more={"word/x.xml": b""}), "a.docx"))
        assert refused.value.code == "bomb"
        monkeypatch.setattr(file_formats, "ZIP_DIRECTORY_MAX", 10)
        with pytest.raises(ValidationError) as refused:
            service.check_upload(sent(office(), "a.docx"))
        assert refused.value.code == "bomb"

    def test_the_size_is_looked_at_before_the_content(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "FILE_BYTES_MAX", 10)
        monkeypatch.setattr(service, "recognise", pytest.fail)
        with pytest.raises(ValidationError) as refused:
            service.check_upload(sent())
        assert refused.value.code == "too_large"

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            (r"C:\文件\请示.pdf", "请示.pdf"),
            ("../../etc/请示.pdf", "请示.pdf"),
            ("a\x00b\n\u202efdp.pdf", "abfdp.pdf"),
        ],
    )
    def test_the_name_is_only_for_display(self, name: str, shown: str) -> None:
        assert clean_name(name) == shown

    def test_a_long_name_keeps_its_extension(self) -> None:
        assert clean_name("长" * 300 + ".pdf") == "长" * 196 + ".pdf"


class TestService:
    def test_what_is_stored(self, case: Case) -> None:
        attachment = attach(uploaded=sent(), user=case.official, plan=case.plan)
        assert attachment.sha256 == hashlib.sha256(PDF).hexdigest()
        assert (attachment.size, attachment.content_type) == (len(PDF), "application/pdf")
        assert str(attachment.file.name).endswith(attachment.key.hex)
        assert Path(attachment.file.path).read_bytes() == PDF
        assert attachment.history.latest().actor == case.official.username  # type: ignore[attr-defined]  # the history manager

    def test_the_same_file_twice(self, case: Case) -> None:
        first = attach(uploaded=sent(), user=case.official, plan=case.plan)
        assert attach(uploaded=sent(), user=case.official, plan=case.plan) == first
        with pytest.raises(ValidationError, match=r"请示\.pdf"):
            attach(uploaded=sent(name="另.pdf"), user=case.official, plan=case.plan)
        attach(uploaded=sent(), user=case.official, step=case.step)
        assert Attachment.objects.count() == 2

    def test_no_more_than_can_be_kept(self, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "FILES_MAX", 1)
        attach(uploaded=sent(), user=case.official, plan=case.plan)
        with pytest.raises(ValidationError) as refused:
            attach(uploaded=sent(PNG, "a.png"), user=case.official, plan=case.plan)
        assert refused.value.code == "too_many"

    def test_only_officials_of_the_division(self, case: Case) -> None:
        leader = f.make_user(Role.DISTRICT_LEADER, division=case.plan.division)
        for user in (case.other, case.reviewer, leader):
            for subject in ({"plan": case.plan}, {"step": case.step}):
                with pytest.raises(PermissionDenied):
                    attach(uploaded=sent(), user=user, **subject)

    def test_one_subject_exactly(self, case: Case) -> None:
        with pytest.raises(ValueError, match="exactly one"):
            attach(uploaded=sent(), user=case.official)

    def test_what_no_longer_changes(self, case: Case) -> None:
        kept = attach(uploaded=sent(), user=case.official, plan=case.plan)
        proof = attach(uploaded=sent(), user=case.official, step=case.step)
        MergePlan.objects.update(state="submitted", submitted_on=f.SUBMITTED)
        ExecutionStep.objects.update(carried_out_on=f.AS_OF, confirmed_on=f.AS_OF)
        for attachment in (kept, proof):
            with pytest.raises(ValidationError):
                detach(attachment=attachment, user=case.official)
        with pytest.raises(ValidationError):
            attach(uploaded=sent(PNG, "a.png"), user=case.official, step=case.step)

    def test_a_copy_shares_the_file_until_the_last_goes(
        self, case: Case, django_capture_on_commit_callbacks: Any
    ) -> None:
        attachment = attach(uploaded=sent(), user=case.official, plan=case.plan)
        stored = str(attachment.file.name)
        variant = copy_as_variant(plan=case.plan, name="另案", user=case.official)
        copied = variant.attachments.get()
        assert (copied.file.name, copied.key == attachment.key) == (stored, False)
        with django_capture_on_commit_callbacks(execute=True):
            detach(attachment=attachment, user=case.official)
        assert default_storage.exists(stored)
        with django_capture_on_commit_callbacks(execute=True):
            drop_variant(variant=variant, user=case.official)
        assert not default_storage.exists(stored)
        assert attachment.history.model.objects.filter(history_type="-").count() == 2  # type: ignore[attr-defined]  # the history manager

    def test_what_an_upload_undone_leaves_behind_is_found_and_deleted(
        self,
        case: Case,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        kept = str(attach(uploaded=sent(), user=case.official, plan=case.plan).file.name)
        with transaction.atomic():
            undone = attach(uploaded=sent(PNG, "图.png"), user=case.official, plan=case.plan)
            transaction.set_rollback(True)
        left = str(undone.file.name)
        told = io.StringIO()
        call_command("orphaned_attachments", stdout=told)
        assert left not in told.getvalue()  # An upload may still be under way.
        monkeypatch.setattr(stored_files, "ORPHANED_AFTER", -datetime.timedelta(days=1))
        call_command("orphaned_attachments", stdout=told)
        assert left in told.getvalue()
        assert kept not in told.getvalue()
        assert default_storage.exists(left)
        call_command("orphaned_attachments", "--delete", stdout=told)
        assert not default_storage.exists(left)
        assert default_storage.exists(kept)
        assert orphaned_files() == []


class TestPages:
    def test_several_at_once_and_each_refusal_is_told(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        response = client.post(
            case.url("attach-to-plan", case.plan.pk),
            {
                "files": [sent(), sent(EXE, "坏.pdf"), sent(PNG, "图.png"), sent(b"x", "程序.exe")],
                "next": "/programmes/",
            },
            follow=True,
        )
        assert response.redirect_chain == [("/programmes/", 302)]
        assert [a.name for a in attachments_of(case.plan)] == ["请示.pdf", "图.png"]
        page = response.content.decode()
        assert "坏.pdf" in page
        assert "程序.exe" in page

    def test_it_leads_nowhere_else(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        url = case.url("attach-to-plan", case.plan.pk)
        response = client.post(url, {"files": [sent()], "next": "https://evil.example/"})
        assert response["Location"] == case.url("plan", case.plan.pk)
        response = client.post(case.url("attach-to-step", case.step.pk), {})
        assert response["Location"] == case.url("plan", case.plan.pk)
        assert not case.step.attachments.exists()

    def test_the_file_is_sent_to_be_saved(self, case: Case, client: Client) -> None:
        attachment = attach(uploaded=sent(), user=case.official, plan=case.plan)
        client.force_login(case.official)
        response = client.get(case.url("attachment", attachment.key))
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AF%B7")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox")

    def test_who_may_open_it(self, case: Case, client: Client) -> None:
        key = attach(uploaded=sent(), user=case.official, plan=case.plan).key
        url = case.url("attachment", key)
        assert client.get(url).status_code == 302
        for user in (case.other, case.reviewer):
            client.force_login(user)
            assert client.get(url).status_code == 404
        MergePlan.objects.update(state="submitted", submitted_on=f.SUBMITTED)
        client.force_login(case.reviewer)
        assert client.get(url).status_code == 200
        client.force_login(case.other)
        assert client.get(url).status_code == 404

    def test_a_file_that_is_lost_is_not_found(self, case: Case, client: Client) -> None:
        attachment = attach(uploaded=sent(), user=case.official, plan=case.plan)
        default_storage.delete(str(attachment.file.name))
        client.force_login(case.official)
        assert client.get(case.url("attachment", attachment.key)).status_code == 404

    def test_remove(self, case: Case, client: Client) -> None:
        attachment = attach(uploaded=sent(), user=case.official, step=case.step)
        url = case.url("detach", attachment.key)
        client.force_login(case.other)
        assert client.post(url).status_code == 404
        client.force_login(case.reviewer)
        assert client.post(url).status_code == 403
        client.force_login(case.official)
        assert client.get(url).status_code == 405
        assert client.post(url)["Location"] == case.url("plan", case.plan.pk)
        assert not Attachment.objects.exists()
        assert client.post(url).status_code == 404

    def test_what_is_frozen_is_told(self, case: Case, client: Client) -> None:
        attachment = attach(uploaded=sent(), user=case.official, plan=case.plan)
        MergePlan.objects.update(state="submitted", submitted_on=f.SUBMITTED)
        client.force_login(case.official)
        for url, data in (
            (case.url("detach", attachment.key), {}),
            (case.url("attach-to-plan", case.plan.pk), {"files": [sent(PNG, "a.png")]}),
        ):
            response = client.post(url, data, follow=True)
            assert [m.level_tag for m in response.context["messages"]] == ["error"]
        assert attachments_of(case.plan) == [attachment]

    @pytest.mark.parametrize("name", ["attach-to-plan", "attach-to-step"])
    def test_access(self, case: Case, client: Client, name: str) -> None:
        pk = case.plan.pk if name == "attach-to-plan" else case.step.pk
        url = case.url(name, pk)
        assert client.post(url).status_code == 302
        client.force_login(case.other)
        assert client.post(url).status_code == 404
        client.force_login(case.reviewer)
        assert client.post(url).status_code == 403

    def test_evidence_about_bodies_needs_their_right(self, case: Case) -> None:
        body = f.make_body(case.programme, case.plan.division)
        fate = f.dispose_body(case.plan, body, BodyDisposition.Fate.ABOLISH)
        step = ExecutionStep.objects.create(title="撤销", body_disposition=fate)
        attach(uploaded=sent(), user=case.official, step=step)
        MergePlan.objects.update(state="submitted", submitted_on=f.SUBMITTED)
        department = f.make_department(case.programme)
        signs_nothing = f.make_user(Role.COUNTERSIGNER, department=department)
        assert attachments_visible_to(case.reviewer, case.programme).count() == 1
        assert not attachments_visible_to(signs_nothing, case.programme).exists()

    def test_a_founding_leads_back_to_its_page(self, case: Case, client: Client) -> None:
        platform = f.make_founded(case.programme, case.plan.division)
        retained = f.make_retained(case.programme, platform)
        step = ExecutionStep.objects.create(title="设立", retained=retained)
        client.force_login(case.official)
        response = client.post(case.url("attach-to-step", step.pk), {"files": [sent()]})
        assert response["Location"] == case.url("retained", retained.pk)
        assert client.get(case.url("attachment", step.attachments.get().key)).status_code == 200

    def test_a_correction(self, case: Case, client: Client) -> None:
        correction = Correction.objects.create(
            programme=case.programme,
            division=case.plan.division,
            kind="add",
            subject="platform",
            label="示例",
            requested_by=case.official,
        )
        client.force_login(case.official)
        url = case.url("attach-to-correction", correction.pk)
        assert client.post(url, {"files": [sent()]})["Location"] == case.url(
            "correction", correction.pk
        )
        Correction.objects.update(state="refused")
        client.post(url, {"files": [sent(PNG, "a.png")]})
        assert correction.attachments.count() == 1
        client.force_login(case.other)
        key = correction.attachments.get().key
        assert client.get(case.url("attachment", key)).status_code == 404
