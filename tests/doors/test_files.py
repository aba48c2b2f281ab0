"""Uploading by the pages, and what a browser gets back: nothing that runs, and nothing to those who do not see it."""

import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actor import Actor
from issues.actions.add_files import add_files
from issues.actions.erase_files import erase_files_of
from issues.actions.make_thumbnail import make_due_thumbnails
from issues.models import StoredFile
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, StoreFactory, TeamFactory
from tests.issues.pictures import BAD, HTML, PDF, picture, sent
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
ADDRESSES = {"web": ("web:files", "web:issue"), "admin": ("admin:issues_issue_files", "admin:issues_issue_change")}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    where = {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"uploads": settings.STORAGES["uploads"] | {"OPTIONS": where}}
    return tmp_path


@pytest.fixture
def file(issue, alice, as_):
    add_files(issue.order_id, issue.pk, [sent("photo.png", picture())], actor=as_(alice))
    make_due_thumbnails(actor=Actor.system("test"))
    return StoredFile.objects.get()


def address(file, name="file") -> str:
    return reverse(f"web:{name}", args=[file.issue_id, file.pk])


def upload(browser, issue, *files, door="web", form_id=None):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(
        reverse(ADDRESSES[door][0], args=[issue.pk]), {"form_id": form_id or uuid.uuid4(), "upload": sent}
    )


@pytest.mark.parametrize("door", ADDRESSES)
class TestUploading:
    def test_several_files_at_once_are_shown_on_the_page(self, door, issue, alice):
        browser = signed_in(alice)
        answer = upload(browser, issue, ("photo.png", picture()), ("paper.pdf", PDF), door=door)
        assert answer.status_code == 302
        make_due_thumbnails(actor=Actor.system("test"))
        shown = browser.get(reverse(ADDRESSES[door][1], args=[issue.pk])).content.decode()
        first, second = StoredFile.objects.order_by("created_at", "id")
        assert address(first, "thumbnail") in shown
        assert address(second) in shown
        assert address(second, "thumbnail") not in shown

    def test_what_is_refused_is_told_at_the_field(self, door, issue, alice, folder):
        with nothing_happens():
            answer = upload(signed_in(alice), issue, BAD["a page as a picture"], door=door)
        assert answer.status_code == 422
        assert "not what its name says" in answer.content.decode()
        assert not any(path.is_file() for path in folder.rglob("*"))

    def test_a_second_copy_of_the_form_adds_nothing(self, door, issue, alice):
        browser, form_id = signed_in(alice), uuid.uuid4()
        for _ in range(2):
            upload(browser, issue, ("photo.png", picture()), door=door, form_id=form_id)
        assert StoredFile.objects.count() == 1

    @override_settings(UPLOAD_MAX_BYTES=200_000)
    def test_what_is_too_large_is_refused_while_it_arrives(self, door, issue, alice, folder):
        with nothing_happens():
            answer = upload(signed_in(alice), issue, ("notes.txt", b"x" * 1_000_000), door=door)
        assert (answer.status_code, "larger than 0.2 MB" in answer.content.decode()) == (422, True)
        assert not any(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize("trick", ["a path", "a path of Windows"])
def test_of_a_path_only_its_last_part_is_shown_and_none_is_used(issue, alice, folder, trick):
    name, content = BAD[trick]
    upload(signed_in(alice), issue, (name, content))
    for path in folder.rglob("*"):
        assert folder in path.resolve().parents
    assert not {"/", "\\"} & set("".join(StoredFile.objects.values_list("name", flat=True)))


def test_too_many_files_in_one_form_are_refused(issue, alice):
    with nothing_happens():
        assert upload(signed_in(alice), issue, *[("a.txt", b"a")] * 11).status_code == 400


class TestDownloading:
    def test_a_file_is_saved_and_never_shown(self, file, alice):
        answer = signed_in(alice).get(address(file))
        assert b"".join(answer.streaming_content) == picture()
        assert answer["Content-Disposition"] == 'attachment; filename="photo.png"'
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in answer["Cache-Control"]

    def test_a_thumbnail_is_shown_and_is_a_picture_of_ours(self, file, alice):
        answer = signed_in(alice).get(address(file, "thumbnail"))
        assert b"".join(answer.streaming_content).startswith(b"RIFF")
        assert (answer["Content-Type"], answer["Content-Disposition"]) == ("image/webp", "inline")
        assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)

    def test_a_name_can_not_break_out_of_its_header(self, issue, alice, as_):
        name = "Müller's; filename=x.html, 'photo'.png"
        (file,) = add_files(issue.order_id, issue.pk, [sent(name, picture())], actor=as_(alice))
        answer = signed_in(alice).get(address(file))
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''M%C3%BCller")
        assert ";" not in answer["Content-Disposition"].partition("; ")[2]

    def test_text_is_text_in_its_code(self, issue, alice, as_):
        (file,) = add_files(issue.order_id, issue.pk, [sent("a.txt", b"a " + HTML)], actor=as_(alice))
        assert signed_in(alice).get(address(file))["Content-Type"] == "text/plain; charset=utf-8"

    @pytest.mark.parametrize("name", ["file", "thumbnail"])
    def test_nobody_gets_it_who_does_not_see_the_issue(self, file, name):
        team = TeamFactory()
        team.stores.add(StoreFactory())
        assert signed_in(EmployeeFactory(team=team)).get(address(file, name)).status_code == 404
        answer = Client().get(address(file, name))
        assert (answer.status_code, answer["Location"].startswith("/accounts/login")) == (302, True)

    def test_a_file_of_another_issue_and_one_that_there_is_not_are_not_found(self, file, alice):
        browser, other = signed_in(alice), IssueFactory()
        for issue_id, file_id in ((other.pk, file.pk), (file.issue_id, uuid.uuid4())):
            assert browser.get(reverse("web:file", args=[issue_id, file_id])).status_code == 404

    @pytest.mark.parametrize("name", ["file", "thumbnail"])
    def test_what_was_erased_is_gone(self, file, alice, name):
        browser = signed_in(alice)
        erase_files_of(file.issue.order.customer_id, actor=Actor.system("test"))
        assert browser.get(address(file, name)).status_code == 404

    def test_what_the_storage_has_lost_is_not_found(self, file, alice):
        file.storage().delete(file.stored_as)
        assert signed_in(alice).get(address(file)).status_code == 404

    def test_it_is_only_read(self, file, alice):
        with nothing_happens():
            assert signed_in(alice).post(address(file)).status_code == 405
