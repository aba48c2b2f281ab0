"""Files on issues: what is taken, what becomes of it, and that a refused one leaves nothing behind."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from PIL import Image

from accounts.actor import Actor
from common import clock
from common.audit import broken_links
from common.errors import PermissionDenied, ValidationFailed
from events.models import Event
from issues.actions.add_files import add_files
from issues.actions.erase_files import when_customer_is_erased
from issues.actions.make_thumbnail import MOST_ATTEMPTS, keep, make_due_thumbnails, thumbnail_of
from issues.models import Issue, StoredFile
from issues.story import story_of
from issues.timeline import entries_of
from orders.actions.erase_customer import erase_customer
from orders.errors import OrderNotFound
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.issues.pictures import BAD, GOOD, PDF, gps, picture, sent
from tests.untouched import nothing_happens


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Where the bytes lie, empty at first."""
    where = {"location": str(tmp_path), "file_permissions_mode": 0o600}
    settings.STORAGES = settings.STORAGES | {"uploads": settings.STORAGES["uploads"] | {"OPTIONS": where}}
    return tmp_path


@pytest.fixture
def add(as_, alice, issue):
    """``add(("name", b"…"), …)``: by Alice."""
    return lambda *files, to=issue: add_files(to.order_id, to.pk, [sent(*each) for each in files], actor=as_(alice))


@pytest.fixture
def work(as_):
    return lambda: make_due_thumbnails(actor=Actor.system("test"))


def stored_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("name", "content"), GOOD, ids=[name for name, _ in GOOD])
def test_what_people_send_is_kept_as_it_is(add, folder, name, content):
    (file,) = add((name, content))
    assert [path.read_bytes() for path in stored_in(folder)] == [content]
    assert (file.name, file.size) == (name, len(content))
    assert not list(broken_links(StoredFile.objects.get()))


def test_nothing_of_its_name_is_in_the_storage_and_no_two_are_alike(add, folder):
    add(("photo.png", picture()), ("photo.png", picture()))
    names = {path.name for path in stored_in(folder)}
    assert len(names) == 2
    assert all(len(name) == 48 and name.isalnum() for name in names)
    assert {path.stat().st_mode & 0o777 for path in stored_in(folder)} == {0o600}


@pytest.mark.parametrize("trick", BAD)
def test_a_trick_is_refused_and_nothing_is_stored(add, folder, trick):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        add(("fine.png", picture()), BAD[trick])
    (reasons,) = refusal.value.errors.values()
    assert all(reason.isprintable() for reason in reasons)
    assert stored_in(folder) == []


def test_everything_that_is_wrong_is_told_at_once(add):
    with pytest.raises(ValidationFailed) as refusal:
        add(BAD["empty"], BAD["a page"], ("fine.png", picture()))
    assert [reason.split(":")[0] for reason in refusal.value.errors["upload"]] == ["empty.png", "page.html"]


@override_settings(UPLOAD_MAX_BYTES=100)
def test_what_is_too_large_is_refused_unread(add, folder):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        add(("notes.txt", b"x" * 101))
    assert "larger than" in refusal.value.errors["upload"][0]
    assert stored_in(folder) == []


@override_settings(UPLOADS_PER_ISSUE=2)
def test_an_issue_takes_so_many_and_no_more(add, folder):
    add(("a.txt", b"a"))
    with nothing_happens(), pytest.raises(ValidationFailed):
        add(("b.txt", b"b"), ("c.txt", b"c"))
    assert len(stored_in(folder)) == 1
    add(("b.txt", b"b"))


def test_no_file_at_all_is_refused(add):
    with nothing_happens(), pytest.raises(ValidationFailed):
        add()


def test_where_the_row_can_not_be_written_the_bytes_go_too(add, folder, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database is full")

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        add(("a.png", picture()))
    assert stored_in(folder) == []


def test_uploading_needs_the_permission_and_the_store(issue, as_, folder):
    reader = EmployeeFactory()
    reader.groups.clear()
    team = TeamFactory()
    team.stores.add(StoreFactory())
    for employee, error in ((reader, PermissionDenied), (EmployeeFactory(team=team), OrderNotFound)):
        with nothing_happens(), pytest.raises(error):
            add_files(issue.order_id, issue.pk, [sent("a.txt", b"a")], actor=as_(employee))
    assert stored_in(folder) == []


def test_the_timeline_and_the_feed_tell_of_it(add, issue, alice):
    (file,) = add(("photo.png", picture()))
    entry = entries_of(Issue.objects.get(pk=issue.pk))[0][-1]
    assert (entry.type, entry.employee, entry.data["name"]) == ("attachment", alice, "photo.png")
    assert entry.data["url"].endswith(f"/issues/{issue.pk}/files/{file.pk}")
    part = story_of(Issue.objects.get(pk=issue.pk))[0][0].parts[0]
    assert (part.deed, part.label) == ("attached", "photo.png")
    assert part.url.startswith("/issues/")
    assert Event.objects.get(name="file.added").data["media_type"] == "image/png"
    assert Issue.objects.get(pk=issue.pk).version == issue.version


class TestThumbnails:
    def test_a_worker_draws_it_small_upright_and_without_what_else_was_in_the_file(self, add, work):
        (file,) = add(("photo.jpg", picture("JPEG", (3000, 1000), exif=gps())))
        work()
        file.refresh_from_db()
        content = file.storage().open(file.thumbnail_as).read()
        small = Image.open(io.BytesIO(content))
        assert (small.format, small.size) == ("WEBP", (120, 360))
        assert not small.getexif()
        assert b"kitchen" not in content
        assert (file.next_attempt_at, file.version, list(broken_links(file))) == (None, 2, [])

    @pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
    def test_each_kind_of_picture_has_one(self, add, work, kind):
        (file,) = add((f"photo.{kind.lower()}", picture(kind)))
        work()
        file.refresh_from_db()
        assert file.thumbnail_as

    def test_what_is_no_picture_has_none_to_make(self, add):
        assert [file.next_attempt_at for file in add(("a.pdf", PDF), ("a.txt", b"a"))] == [None, None]

    def test_doing_it_again_changes_nothing(self, add, work, folder):
        add(("photo.png", picture()))
        work()
        before = stored_in(folder)
        with nothing_happens():
            work()
        assert stored_in(folder) == before

    def test_a_picture_that_lies_about_its_size_is_not_decoded(self, add, work, settings):
        (file,) = add(("photo.png", picture(size=(100, 100))))
        settings.UPLOAD_MAX_PIXELS = 99
        work()
        file.refresh_from_db()
        assert (file.thumbnail_as, file.next_attempt_at, bool(file.stored_as)) == ("", None, True)

    def test_a_storage_that_does_not_answer_is_asked_again_and_not_for_ever(self, add, work):
        (file,) = add(("photo.png", picture()))
        file.storage().delete(file.stored_as)
        now = clock.now()
        for hours in range(MOST_ATTEMPTS):
            with clock.as_if_at(now + timedelta(hours=2 * hours)):
                work()
        file.refresh_from_db()
        assert (file.attempts, file.next_attempt_at, file.thumbnail_as) == (MOST_ATTEMPTS, None, "")


class TestErasingACustomer:
    def test_takes_the_files_of_all_their_orders_and_no_others(self, add, work, issue, ada, as_, folder):
        other = IssueFactory()
        customer = issue.order.customer
        second = IssueFactory(order=OrderFactory(customer=customer))
        for each in (issue, second, other):
            add(("Ann Smith passport.png", picture()), to=each)
        work()
        erase_customer(customer.pk, actor=as_(ada))
        event = Event.objects.get(name="customer.erased")
        for _ in range(2):  # an event comes at least once
            when_customer_is_erased(event)
        kept = StoredFile.objects.present().get()
        assert kept.issue == other
        left = {str(path.relative_to(folder)) for path in stored_in(folder)}
        assert left == {kept.stored_as, kept.thumbnail_as}

    def test_leaves_no_name_in_rows_history_events_or_the_timeline(self, add, issue, ada, as_):
        add(("Ann Smith passport.png", picture()))
        erase_customer(issue.order.customer_id, actor=as_(ada))
        when_customer_is_erased(Event.objects.get(name="customer.erased"))
        file = StoredFile.objects.get()
        everything = [*StoredFile.objects.values(), *file.history.values(), *Event.objects.values()]
        assert "Ann Smith" not in str(everything)
        assert [entry.type for entry in entries_of(Issue.objects.get(pk=issue.pk))[0]] == ["created"]
        assert not list(broken_links(file))

    def test_a_thumbnail_that_was_being_made_is_not_kept(self, add, work, issue, ada, as_, folder):
        (file,) = add(("photo.png", picture()))
        erase_customer(issue.order.customer_id, actor=as_(ada))
        drawn = thumbnail_of(file)
        when_customer_is_erased(Event.objects.get(name="customer.erased"))
        keep(file, drawn, actor=Actor.system("test"))
        assert stored_in(folder) == []
