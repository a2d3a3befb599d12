"""The table of doors: who passes where, with which token, and that nothing is there by default."""

import contextlib

import httpx
import pytest
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from starlette.routing import Mount, compile_path

from controller.session.commands import Role
from controller.web.console import Console
from controller.web.doorkeeper import HSTS, own_names
from controller.web.doors import DOORS, door, methods
from controller.web.pages import PER_ADDRESS, Page
from controller.web.rates import REQUESTS_AT_ONCE
from controller.web.reception import Reception
from controller.web.server import build

PORT = 8080
SAMPLES = {
    "{name}": "ana",
    "{path:path}": "page.js",
    "{pseudonym}": "K-017",
    "{visit_id}": "0" * 32,
    "{session}": "20261126-0915",
}
PEOPLE = {
    "nobody": None,
    "viewer": {Role.VIEWER},
    "supervisor": {Role.SUPERVISOR},
    "engineer": {Role.ENGINEER},
}


class House:
    """The application in this process, with control away and a clock moved by hand."""

    def __init__(self, folder, *, secure=False):
        self.now_s = 1000.0
        self.reception = Reception(folder, lambda: self.now_s)
        self.pin = self.reception.accounts.prepare(renew=False)
        self.console = Console(
            "Room 1", folder / "hatch", self.reception, clock=lambda: self.now_s, secure=secure
        )
        self.app = build(self.console, own_names("127.0.0.1", PORT, secure=secure))
        self.url = f"{'https' if secure else 'http'}://127.0.0.1:{PORT}"

    def browser(self, address="127.0.0.1"):
        transport = httpx.ASGITransport(
            self.app, client=(address, 50000), raise_app_exceptions=False
        )
        return httpx.AsyncClient(transport=transport, base_url=self.url)

    async def headers(self, roles):
        """Of somebody with these roles."""
        if roles is None:
            return {}
        name = "-".join(sorted(role.value for role in roles))
        if self.reception.accounts.get(name) is None:
            await self.reception.add(name, frozenset(roles))
        pin = await self.reception.renew_pin(name)
        token = await self.reception.sign_in(name, pin, "127.0.0.1", None)
        user = self.reception.who(token)
        return {"Cookie": f"{self.console.cookie}={token}", "X-CSRF-Token": user.csrf}


@pytest.fixture
def house(tmp_path, quick):
    return House(tmp_path)


def routes(app):
    """Every way in that the application knows, as the table names it."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            yield "GET", f"{route.path}/{{path:path}}"
        elif isinstance(route.original_route, APIWebSocketRoute):
            yield "WS", route.path
        else:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def fits(shape, path):
    return compile_path(shape)[0].match(path) is not None


def sample(path):
    for name, value in SAMPLES.items():
        path = path.replace(name, value)
    return path


HTTP = [(method, path) for method, path in DOORS if method != "WS"]


def test_every_route_has_its_line_and_every_line_its_route(house):
    assert sorted(routes(house.app)) == sorted(DOORS)


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_line_is_found_by_the_requests_that_are_meant(method, path):
    assert door(method, sample(path)) == (path, DOORS[method, path])


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_no_request_is_meant_by_two_lines(method, path):
    """Else the table and the routes could each take another of the two."""
    meant = [shape for other, shape in DOORS if other == method and fits(shape, sample(path))]
    assert meant == [path]


async def test_a_route_that_was_forgotten_in_the_table_does_not_exist_for_anybody(house):
    @house.app.post("/api/unlock")
    async def unlock():
        return {"unlocked": True}

    assert sorted(routes(house.app)) != sorted(DOORS)
    everybody = await house.headers(set(PEOPLE["engineer"] | PEOPLE["supervisor"]))
    async with house.browser() as browser:
        for headers in ({}, everybody):
            response = await browser.post("/api/unlock", headers=headers)
            assert response.status_code == 404
            assert response.json()["accepted"] is False


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("method", "path"), HTTP)
async def test_each_door_opens_to_its_role_alone(house, method, path, person):
    roles = PEOPLE[person]
    needed = DOORS[method, path].role
    async with house.browser() as browser:
        headers = await house.headers(roles)
        response = await browser.request(method, sample(path), headers=headers)
    refused = response.status_code in (401, 403)
    if needed is None:
        assert not refused
    elif roles is None:
        assert response.status_code == 401
    else:
        assert refused is not (needed is Role.VIEWER or needed in roles)
    if refused:
        assert response.json()["reason"].endswith(".")


OF_ANOTHER = "of another"
CHANGES = [(method, path) for method, path in HTTP if method != "GET" and DOORS[method, path].token]


@pytest.mark.parametrize("token", [None, "", "invented", OF_ANOTHER, "é"])
@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_what_changes_something_needs_the_token_of_this_very_sign_in(
    house, method, path, token
):
    entitled = {DOORS[method, path].role}
    mine, other = [await house.headers(entitled) for _ in range(2)]
    mine = await house.headers(entitled)
    before = house.reception.accounts.path.read_bytes()
    given = other["X-CSRF-Token"] if token == OF_ANOTHER else token
    headers = {"Cookie": mine["Cookie"]}
    if given is not None:
        headers["X-CSRF-Token"] = given.encode("latin-1")
    async with house.browser() as browser:
        response = await browser.request(method, sample(path), headers=headers)
    assert response.status_code == 403
    assert "Reload the page" in response.json()["reason"]
    assert house.reception.accounts.path.read_bytes() == before
    assert house.reception.who(mine["Cookie"].partition("=")[2])


async def test_stop_and_signing_in_need_no_token_even_with_an_old_cookie(house):
    mine = await house.headers({Role.SUPERVISOR})
    async with house.browser() as browser:
        stop = await browser.post("/api/stop", headers={"Cookie": mine["Cookie"]})
        entry = {"name": "clinic", "pin": house.pin}
        sign_in = await browser.post("/api/sign-in", json=entry, headers={"Cookie": mine["Cookie"]})
    assert stop.status_code == 503  # control is away: it was let through
    assert sign_in.status_code == 200


async def test_who_knocks_too_often_waits_and_stop_and_others_do_not(house):
    async with house.browser("10.0.0.66") as flood, house.browser("10.0.0.7") as tablet:
        codes = [(await flood.get("/healthz")).status_code for _ in range(REQUESTS_AT_ONCE + 1)]
        late = await flood.get("/nowhere")
        stop = await flood.post("/api/stop")
        other = await tablet.get("/healthz")
        house.now_s += 1
        again = await flood.get("/healthz")
    assert codes == [200] * REQUESTS_AT_ONCE + [429]
    assert late.status_code == 429
    assert late.headers["retry-after"] == "1"
    assert [stop.status_code, other.status_code, again.status_code] == [503, 200, 200]


async def test_a_flood_of_wrong_addresses_is_a_flood(house):
    async with house.browser("10.0.0.66") as flood:
        codes = [(await flood.get("/x")).status_code for _ in range(REQUESTS_AT_ONCE + 5)]
    assert codes.count(429) == 5


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
async def test_a_request_that_a_browser_says_comes_from_elsewhere_is_refused(house, site):
    headers = await house.headers({Role.ENGINEER})
    async with house.browser() as browser:
        for path in ("/api/stop", "/api/sign-in", "/api/sign-out", "/api/users"):
            response = await browser.post(path, headers={**headers, "Sec-Fetch-Site": site})
            assert response.status_code == 403, path
            assert "Another site" in response.json()["reason"]
        own = await browser.post("/api/stop", headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 503


async def test_over_tls_the_cookie_is_secure_and_host_bound_and_the_browser_is_told_to_stay(
    tmp_path, quick
):
    house = House(tmp_path, secure=True)
    async with house.browser() as browser:
        response = await browser.post("/api/sign-in", json={"pin": house.pin})
        page = await browser.get("/")
        plain = await browser.post("/api/stop", headers={"Origin": f"http://127.0.0.1:{PORT}"})
        own = await browser.post("/api/stop", headers={"Origin": f"https://127.0.0.1:{PORT}"})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-retrotread=")
    for word in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert word in cookie
    assert "Domain" not in cookie
    assert page.headers["strict-transport-security"] == HSTS
    assert [plain.status_code, own.status_code] == [403, 503]


async def test_without_tls_nothing_speaks_of_it(house):
    async with house.browser() as browser:
        response = await browser.post("/api/sign-in", json={"pin": house.pin})
    assert "strict-transport-security" not in response.headers
    assert response.headers["set-cookie"].startswith("retrotread=")
    assert "Secure" not in response.headers["set-cookie"]


async def test_no_cache_keeps_what_is_private_and_every_answer_is_strict(house):
    headers = await house.headers({Role.ENGINEER})
    async with house.browser() as browser:
        for path in ("/api/state", "/api/users", "/openapi.json", "/api/nowhere"):
            found = (await browser.get(path, headers=headers)).headers
            assert found["cache-control"] == "no-store", path
            assert found["x-content-type-options"] == "nosniff"
            assert found["permissions-policy"].startswith("camera=()")


async def test_a_wrong_method_is_told_from_a_wrong_address(house):
    async with house.browser() as browser:
        for method, path, status in (
            ("GET", "/api/stop", 405),
            ("PATCH", "/api/users/ana", 405),
            ("TRACE", "/", 405),
            ("GET", "/api/users/", 404),
            ("GET", "/api/users/ana/pin/", 404),
            ("GET", "//api/state", 404),
            ("GET", "/docs", 404),
            ("GET", "/ws", 404),
        ):
            assert (await browser.request(method, path)).status_code == status, path
    assert methods("/api/users/ana") == {"DELETE"}


async def test_a_head_is_as_welcome_as_a_get(house):
    async with house.browser() as browser:
        assert (await browser.head("/static/page.js")).status_code == 200
        assert (await browser.head("/api/users")).status_code == 401


async def test_the_length_of_a_body_is_said_in_figures_and_is_not_great(house):
    async with house.browser() as browser:
        for length, status in (
            ("4097", 413),
            ("9" * 5000, 413),
            ("-1", 413),
            ("٣", 413),
            ("", 413),
        ):
            headers = {"content-length": length.encode(), "content-type": "application/json"}
            response = await browser.post("/api/sign-in", headers=headers)
            assert response.status_code == status, length


async def test_an_engineer_makes_changes_and_removes_a_user_and_each_pin_is_told_once(house):
    headers = await house.headers({Role.ENGINEER})
    async with house.browser() as browser:
        browser.headers.update(headers)
        made = await browser.post("/api/users", json={"name": "ana", "roles": ["viewer"]})
        again = await browser.post("/api/users", json={"name": "ana", "roles": ["viewer"]})
        renewed = await browser.post("/api/users/ana/pin")
        listed = await browser.get("/api/users")
        unknown = await browser.delete("/api/users/nobody")
        removed = await browser.delete("/api/users/ana")
        gone = await browser.delete("/api/users/ana")
    codes = [made, again, renewed, listed, unknown, removed, gone]
    assert [each.status_code for each in codes] == [201, 409, 200, 200, 404, 200, 404]
    assert made.json()["pin"] != renewed.json()["pin"]
    assert {"name": "ana", "roles": ["viewer"], "signed_in": 0} in listed.json()["users"]
    assert "pin" not in listed.text
    assert "hash" not in listed.text


async def test_the_last_engineer_stays(house):
    mine = await house.headers({Role.ENGINEER})
    async with house.browser() as browser:
        browser.headers.update(mine)
        first = await browser.delete("/api/users/clinic")
        own = await browser.delete("/api/users/engineer")
    assert [first.status_code, own.status_code] == [200, 409]
    assert "last engineer" in own.json()["reason"]


async def test_a_new_pin_comes_with_a_new_cookie_and_token(house):
    async with house.browser() as browser:
        first = (await browser.post("/api/sign-in", json={"pin": house.pin})).json()["user"]
        browser.headers["X-CSRF-Token"] = first["csrf"]
        change = {"pin": house.pin, "new_pin": "new words"}
        second = (await browser.post("/api/pin", json=change)).json()["user"]
        state = (await browser.get("/api/state")).json()
    assert first["csrf"] != second["csrf"]
    assert state["user"]["csrf"] == second["csrf"]
    assert state["signed_in"] is True


async def test_signing_out_everywhere_signs_out_the_other_browser(house):
    mine = await house.headers({Role.VIEWER})
    token = await house.reception.sign_in(
        "viewer", await house.reception.renew_pin("viewer"), "127.0.0.1", None
    )
    headers = {
        "Cookie": f"retrotread={token}",
        "X-CSRF-Token": house.reception.who(token).csrf,
    }
    async with house.browser() as browser:
        response = await browser.post("/api/sign-out", json={"everywhere": True}, headers=headers)
        state = await browser.get("/api/state", headers={"Cookie": mine["Cookie"]})
    assert response.json()["accepted"] is True
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert state.json()["user"] is None


async def test_the_document_says_of_each_address_who_may_and_how_it_is_refused(house):
    headers = await house.headers({Role.VIEWER})
    async with house.browser() as browser:
        document = (await browser.get("/openapi.json", headers=headers)).json()
    told = {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    pages = {("GET", "/"), ("GET", "/static/{path:path}"), ("GET", "/openapi.json")}
    assert told.keys() == set(HTTP) - pages
    for key, operation in told.items():
        responses = operation["responses"]
        assert ("401" in responses) is (DOORS[key].role is not None), key
        assert ("429" in responses) is DOORS[key].limited, key
        assert {"403", "200" if key != ("POST", "/api/users") else "201"} <= responses.keys()
        assert ("security" in operation) is (DOORS[key].role is not None), key
        assert all(response["description"] for response in responses.values())
        assert operation["description"], key
    assert "409" in told["DELETE", "/api/users/{name}"]["responses"]
    assert document["components"]["securitySchemes"].keys() == {"cookie", "csrf"}


async def test_a_page_beyond_the_room_is_told_to_come_again_later(house):
    with contextlib.ExitStack() as stack:
        for _ in range(PER_ADDRESS):
            stack.enter_context(house.console.pages.opened(Page(None, "10.0.0.7")))
        assert not house.console.room(Page(None, "10.0.0.7"))
        assert house.console.room(Page(None, "10.0.0.8"))
