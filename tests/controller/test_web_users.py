"""The file of users: what it holds, what it survives, and whom it lets in."""

import asyncio
import json
import os
import stat
import threading
import time

import pytest

from controller.session.commands import Role
from controller.web import pins, reception, users_file
from controller.web.accounts import FIRST, Accounts
from controller.web.pins import WAITING, Busy, Turns
from controller.web.reception import Reception, SignInRefused
from controller.web.users_file import AccountError, DamagedError, check_name

VIEWER = frozenset({Role.VIEWER})
ENGINEER = frozenset({Role.ENGINEER})
HASH = pins.decoy()


@pytest.fixture
def accounts(tmp_path):
    """The first user's file, without the quarter of a second that a PIN takes."""
    users = {FIRST: users_file.Account(FIRST, ENGINEER, HASH)}
    users_file.write(tmp_path / "users.json", users_file.encode(users))
    found = Accounts(tmp_path)
    found.refresh()
    return found


def test_the_first_start_makes_one_user_who_runs_sessions_and_sees_to_machines(tmp_path):
    accounts = Accounts(tmp_path)
    pin = accounts.prepare(renew=False)
    first = accounts.get("clinic")
    assert first.roles == {Role.ENGINEER, Role.SUPERVISOR}
    assert pins.matches(first.pin_hash, pin)
    assert not pins.matches(first.pin_hash, pin[::-1] + "0")
    assert Accounts(tmp_path).prepare(renew=False) is None


def test_the_file_is_the_owners_alone_from_its_first_octet_on(tmp_path):
    before = os.umask(0)
    try:
        accounts = Accounts(tmp_path)
        accounts.prepare(renew=False)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_what_was_added_changed_and_removed_is_what_another_reader_finds(accounts, tmp_path):
    accounts.add("ana", VIEWER, HASH)
    accounts.add("ben", ENGINEER | VIEWER, HASH)
    other = pins.decoy()
    accounts.set_pin("ana", other)
    accounts.remove(FIRST)
    again = Accounts(tmp_path)
    again.refresh()
    assert [(each.name, each.roles, each.pin_hash) for each in again.all()] == [
        ("ana", VIEWER, other),
        ("ben", ENGINEER | VIEWER, HASH),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda users: users.add(FIRST, VIEWER, HASH), "There is a user clinic already"),
        (lambda users: users.remove("nobody"), "There is no user nobody"),
        (lambda users: users.set_pin("nobody", HASH), "There is no user nobody"),
        (lambda users: users.remove(FIRST), "clinic is the last engineer"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_leaves_the_file_as_it_was(
    accounts, change, sentence
):
    before = accounts.path.read_bytes()
    with pytest.raises(AccountError, match=sentence):
        change(accounts)
    assert accounts.path.read_bytes() == before


def test_no_more_users_than_a_clinic_has(accounts, monkeypatch):
    monkeypatch.setattr("controller.web.accounts.MOST_USERS", 2)
    accounts.add("ana", VIEWER, HASH)
    with pytest.raises(AccountError, match="Remove one first"):
        accounts.add("ben", VIEWER, HASH)


def test_two_who_change_the_file_at_once_lose_nothing(accounts, tmp_path):
    def add(letter):
        mine = Accounts(tmp_path)
        for number in range(20):
            mine.add(f"{letter}{number}", VIEWER, HASH)

    threads = [threading.Thread(target=add, args=(letter,)) for letter in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accounts.refresh()
    assert len(accounts.all()) == 61


def damaged(octets):
    return lambda path: path.write_bytes(octets)


def user(**changes):
    row = {"name": "ana", "roles": ["viewer"], "hash": HASH, **changes}
    return json.dumps({"version": 1, "users": [row]}).encode()


DAMAGES = {
    "empty": damaged(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "not text": damaged(b"\xff\x00"),
    "another version": damaged(b'{"version": 2, "users": []}'),
    "a role there is not": damaged(user(roles=["king"])),
    "a role of the network": damaged(user(roles=["network"])),
    "no role": damaged(user(roles=[])),
    "a PIN in plain": damaged(user(hash="123456")),
    "a hash that takes all memory": damaged(user(hash=HASH.replace("m=65536", "m=6553600"))),
    "a hash of another kind": damaged(user(hash=HASH.replace("argon2id", "argon2d"))),
    "a name that is a path": damaged(user(name="../ana")),
    "one more key": damaged(user(admin=True)),
    "a name twice": lambda path: path.write_bytes(
        json.dumps({"version": 1, "users": json.loads(user())["users"] * 2}).encode()
    ),
    "writable by others": lambda path: path.chmod(0o622),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link": lambda path: (path.rename(path.with_suffix(".x")), path.symlink_to("users.x")),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_that_cannot_be_trusted_lets_nobody_in_and_says_the_way_out(accounts, damage):
    damage(accounts.path)
    accounts.refresh()
    assert accounts.get(FIRST) is None
    assert accounts.get("ana") is None
    assert accounts.all() == []
    assert accounts.trouble.startswith("Nobody can sign in")
    assert "Stop works" in accounts.trouble


def test_a_damaged_file_is_not_written_over(accounts):
    accounts.path.write_bytes(b"what was left of it")
    for change in (
        lambda: accounts.add("ana", VIEWER, HASH),
        lambda: accounts.set_pin(FIRST, HASH),
        lambda: accounts.remove(FIRST),
    ):
        with pytest.raises(DamagedError):
            change()
    assert Accounts(accounts.path.parent).prepare(renew=True) is None
    assert accounts.path.read_bytes() == b"what was left of it"


def test_a_copy_that_was_put_back_counts_at_once(accounts):
    kept = accounts.path.read_bytes()
    accounts.path.write_bytes(b"")
    accounts.refresh()
    accounts.path.write_bytes(kept)
    accounts.refresh()
    assert accounts.get(FIRST)
    assert accounts.trouble == ""


def test_a_file_that_others_could_only_read_is_shut_to_them(accounts):
    accounts.path.chmod(0o644)
    accounts.refresh()
    assert accounts.get(FIRST)
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600


def test_a_write_that_fails_midway_leaves_the_old_file(accounts, monkeypatch):
    before = accounts.path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AccountError, match="cannot be kept"):
        accounts.add("ana", VIEWER, HASH)
    assert accounts.path.read_bytes() == before


@pytest.mark.parametrize("name", ["ana", "a.b-c_9", "x" * 32, "9"])
def test_a_name_that_can_be(name):
    assert check_name(name) == ""


@pytest.mark.parametrize("name", ["", "Ana", "../x", "a b", "x" * 33, "-x", "ä", "a\n", "a/b"])
def test_a_name_that_cannot_be(name):
    assert check_name(name).startswith("A name has")


@pytest.mark.parametrize(
    "pin", ["12345", "x" * 65, "111111", "123456", "654321", "abcdefg", " 92837", "928\n37"]
)
def test_a_weak_pin_is_refused_with_the_way_out(pin):
    assert "Choose another" in pins.weakness(pin)


@pytest.mark.parametrize("pin", ["928374", "correct horse", "112233", "x7" * 32])
def test_a_usual_pin_is_taken(pin):
    assert pins.weakness(pin) == ""


def test_pins_that_are_made_are_six_digits_and_hardly_ever_equal():
    made = [pins.new_pin() for _ in range(200)]
    assert all(len(pin) == 6 and pin.isdecimal() and not pins.weakness(pin) for pin in made)
    assert len(set(made)) > 190


def test_a_name_that_there_is_not_takes_as_long_as_a_wrong_pin():
    kept = pins.hashed("928374")
    assert len(pins.decoy()) == len(kept)
    assert pins.decoy().rpartition("$")[0][:30] == kept.rpartition("$")[0][:30]
    spent = []
    for tried in (kept, pins.decoy()):
        began_s = time.thread_time()
        assert not pins.matches(tried, "000001")
        spent.append(time.thread_time() - began_s)
    assert 0.2 < spent[0] / spent[1] < 5


async def test_pins_are_looked_at_one_at_a_time_and_only_a_few_wait():
    turns, inside, most = Turns(), [0], [0]
    gate = threading.Event()

    def work():
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(20)
        inside[0] -= 1

    async with asyncio.TaskGroup() as group:
        taken = [group.create_task(turns.take(work)) for _ in range(WAITING + 1)]
        await asyncio.sleep(0)
        for _ in range(50):
            with pytest.raises(Busy):
                await turns.take(work)
        gate.set()
    assert all(task.done() for task in taken)
    assert most == [1]
    await turns.take(lambda: None)


class Desk:
    """A reception on a hand-moved clock, with its first user."""

    def __init__(self, folder):
        self.now_s = 1000.0
        self.reception = Reception(folder, lambda: self.now_s)
        self.pin = self.reception.accounts.prepare(renew=False)

    async def enters(self, name=FIRST, pin="", address="10.0.0.7", former=None):
        return await self.reception.sign_in(name, pin or self.pin, address, former)


@pytest.fixture
def desk(tmp_path, quick):
    return Desk(tmp_path)


async def test_who_knows_the_pin_is_somebody_and_who_does_not_is_nobody(desk):
    who = desk.reception.who(await desk.enters())
    assert (who.name, who.roles) == (FIRST, {Role.ENGINEER, Role.SUPERVISOR})
    for name, pin in ((FIRST, "wrong"), ("nobody", desk.pin), ("", desk.pin)):
        with pytest.raises(SignInRefused) as refused:
            await desk.enters(name, pin)
        assert refused.value.status == 403
        assert str(refused.value) == reception.WRONG


async def test_another_pin_ends_every_sign_in_of_its_user_and_begins_one(desk):
    mine, elsewhere = await desk.enters(), await desk.enters()
    who = desk.reception.who(mine)
    fresh = await desk.reception.change_pin(who, desk.pin, "new words", "10.0.0.7")
    assert [desk.reception.who(token) is None for token in (mine, elsewhere, fresh)] == [
        True,
        True,
        False,
    ]
    assert await desk.enters(pin="new words")
    with pytest.raises(SignInRefused):
        await desk.enters()


async def test_a_pin_is_changed_only_by_who_knows_it_and_not_to_a_weak_one(desk):
    who = desk.reception.who(await desk.enters())
    for pin, new_pin, status in (("wrong", "new words", 403), (desk.pin, "111111", 422)):
        with pytest.raises(SignInRefused) as refused:
            await desk.reception.change_pin(who, pin, new_pin, "10.0.0.7")
        assert refused.value.status == status
    assert await desk.enters()


async def test_a_user_who_was_removed_elsewhere_is_nobody_at_once(desk, tmp_path):
    await desk.reception.add("ana", ENGINEER)
    token = await desk.enters()
    Accounts(tmp_path).remove(FIRST)
    desk.reception.accounts.refresh()
    assert desk.reception.who(token) is None
    assert not desk.reception.supervises(token)


async def test_only_a_supervisors_sign_in_supervises(desk):
    for name, roles in (("ana", VIEWER), ("ben", ENGINEER), ("eve", VIEWER | {Role.SUPERVISOR})):
        pin = await desk.reception.add(name, frozenset(roles))
        token = await desk.enters(name, pin)
        assert desk.reception.supervises(token) is (name == "eve")
    assert not desk.reception.supervises(None)


async def test_signing_in_again_ends_the_browsers_former_sign_in(desk):
    former = await desk.enters()
    assert desk.reception.who(await desk.enters(former=former))
    assert desk.reception.who(former) is None


async def test_the_time_to_wait_is_told_and_who_waits_is_let_in(desk):
    for _ in range(5):
        with pytest.raises(SignInRefused, match="belong"):
            await desk.enters(pin="wrong")
    with pytest.raises(SignInRefused, match="Wait a minute") as refused:
        await desk.enters()
    assert (refused.value.status, refused.value.wait_s) == (429, 60.0)
    desk.now_s += 60
    assert await desk.enters()


async def test_a_damaged_file_refuses_the_right_pin_too(desk):
    desk.reception.accounts.path.write_bytes(b"")
    desk.reception.accounts.refresh()
    with pytest.raises(SignInRefused, match="Nobody can sign in") as refused:
        await desk.enters()
    assert refused.value.status == 503


async def test_what_another_process_wrote_counts_within_a_moment(desk, tmp_path):
    watching = asyncio.create_task(desk.reception.watch())
    Accounts(tmp_path).add("ana", VIEWER, HASH)
    async with asyncio.timeout(20):
        while desk.reception.accounts.get("ana") is None:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    watching.cancel()
