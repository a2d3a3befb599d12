"""`retrotread users`: who may sign in at the console. No PIN is ever an argument or in a log."""

import getpass
import json
from collections.abc import Callable
from pathlib import Path

from controller.cli.failure import Failure
from controller.home import usual_folder
from controller.session.commands import Role
from controller.web import pins
from controller.web.accounts import Accounts
from controller.web.doors import ROLES
from controller.web.sign_in import roles
from controller.web.users_file import AccountError, check_name


def show(data: str, *, as_json: bool) -> None:
    """Everybody, by name."""
    accounts = _accounts(data)
    if not (accounts.path.exists() or as_json):
        raise Failure(
            "There are no users yet. The first start of the service makes one, or say "
            "retrotread users add NAME --role engineer."
        )
    if accounts.trouble:
        raise Failure(accounts.trouble)
    rows = [{"name": each.name, "roles": roles(each.roles)} for each in accounts.all()]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for each in accounts.all():
        print(f"{each.name:<20} {', '.join(roles(each.roles))}")


def add(name: str, named: list[str], data: str, *, ask: bool) -> None:
    """Raises: `Failure`."""
    wrong = check_name(name)
    if wrong:
        raise Failure(wrong)
    found = frozenset(map(_role, named))
    accounts = _accounts(data)
    if accounts.trouble:
        raise Failure(accounts.trouble)
    if accounts.get(name):
        raise Failure(f"There is a user {name} already. Choose another name.")
    pin = _pin(ask=ask)
    _done(lambda: accounts.add(name, found, pins.hashed(pin)))
    print(f"{name} may sign in now.{_shown(pin, ask=ask)}")


def remove(name: str, data: str) -> None:
    """Raises: `Failure`."""
    accounts = _accounts(data)
    _done(lambda: accounts.remove(name))
    print(f"{name} may not sign in any more.")


def renew(name: str, data: str, *, ask: bool) -> None:
    """Raises: `Failure`."""
    accounts = _accounts(data)
    if not accounts.trouble and not accounts.get(name):
        raise Failure(f"There is no user {name}. See retrotread users.")
    pin = _pin(ask=ask)
    _done(lambda: accounts.set_pin(name, pins.hashed(pin)))
    print(f"{name} has a new PIN.{_shown(pin, ask=ask)}")


def _accounts(data: str) -> Accounts:
    accounts = Accounts(Path(data) if data else usual_folder())
    if accounts.path.exists():
        accounts.refresh()
    return accounts


def _role(name: str) -> Role:
    known = [role.value for role in ROLES]
    if name not in known:
        raise Failure(f"There is no role {name}. There are: {', '.join(known)}.")
    return Role(name)


def _pin(*, ask: bool) -> str:
    """One that was made, or was typed twice without being shown. Raises: `Failure`."""
    if not ask:
        return pins.new_pin()
    pin = getpass.getpass("New PIN: ")
    weakness = pins.weakness(pin)
    if weakness:
        raise Failure(weakness)
    if getpass.getpass("Once more: ") != pin:
        raise Failure("These were two different PINs. Nothing was changed; try again.")
    return pin


def _shown(pin: str, *, ask: bool) -> str:
    return "" if ask else f" PIN: {pin}   It is shown this once."


def _done(change: Callable[[], None]) -> None:
    try:
        change()
    except AccountError as error:
        raise Failure(str(error)) from error
