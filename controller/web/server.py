"""The console over HTTP and WebSocket: routes only; what they mean is in `console`."""

import asyncio
import contextlib
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect

from controller.records.archive import ArchiveError, ArchiveRefusal
from controller.web import messages, openapi, setup, shelf, users, visits
from controller.web.admission import NO_PAGE, TRY_AGAIN, WRONG_METHOD, Admission, address
from controller.web.console import Console
from controller.web.doorkeeper import Doorkeeper
from controller.web.entries import State
from controller.web.here import Here, outcome
from controller.web.messages import Command, MessageError, Outcome, Reply, Tap
from controller.web.metrics import CONTENT_TYPE, on_this_computer
from controller.web.openapi import refusals
from controller.web.pages import Page
from controller.web.reception import SignInRefused
from controller.web.scanning import ScanRefused
from controller.web.users_file import AccountError

STATIC = Path(__file__).parent / "static"
FULL = "Too many pages are open. Close one, then open this one again. Stop works over HTTP."
TOO_MANY = "Too many messages came from this page. Wait a second. Stop works meanwhile."

_REASONS = {404: NO_PAGE, 405: WRONG_METHOD}

router = APIRouter()


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    return FileResponse(STATIC / "index.html")


@router.get("/healthz")
async def health(console: Here) -> dict[str, bool]:
    """The desk is alive; `control` tells whether control is there."""
    return {"desk": True, "control": console.line.linked}


@router.get("/metrics", response_class=PlainTextResponse, responses=refusals(404))
async def metrics(request: Request, console: Here) -> Response:
    """Figures for a Prometheus on this computer; for others the page does not exist."""
    if not on_this_computer(address(request)):
        raise HTTPException(404)
    return Response(console.metrics.text(), media_type=CONTENT_TYPE)


@router.get("/api/state")
async def state(request: Request, console: Here) -> State:
    """What is known now, and who is signed in here."""
    return console.state(request.cookies.get(console.cookie))


@router.get("/api/walk")
async def walk(console: Here) -> dict[str, Any]:
    """The walk so far, as the desk saw it."""
    return console.course.whole()


@router.post("/api/stop", responses=openapi.refusals(503))
async def stop(request: Request, response: Response, console: Here) -> Outcome:
    """Stop the belt. Needs no sign-in; 503 if control did not confirm it."""
    role = console.role(request.cookies.get(console.cookie))
    answer = await console.line.command("stop", role.value)
    response.status_code = 200 if answer.accepted else 503
    return Outcome(accepted=answer.accepted, reason=answer.reason)


@router.websocket("/ws")
async def watch(socket: WebSocket, console: Here) -> None:
    """Telemetry, pulses and answers out; commands and pulses in."""
    page = Page(socket.cookies.get(console.cookie), address(socket))
    await socket.accept()
    if not console.room(page):
        await socket.close(TRY_AGAIN, FULL)
        return
    console.greet(page)
    with console.pages.opened(page):
        sender = asyncio.create_task(_send(socket, page))
        try:
            await _hear(socket, page, console)
        finally:
            sender.cancel()


async def _send(socket: WebSocket, page: Page) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_text(await page.next())


async def _hear(socket: WebSocket, page: Page, console: Console) -> None:
    while (frame := await socket.receive())["type"] != "websocket.disconnect":
        _obey(frame.get("text"), page, console)
        # Frames that came together are ready without a wait. Each gives way here, so that a flood
        # from one page neither fills the hatch nor stands before another page's Stop.
        await asyncio.sleep(0)


def _obey(text: str | None, page: Page, console: Console) -> None:
    within = page.frames.take(console.clock())
    try:
        message = messages.read(text)
    except MessageError as error:
        page.offer(messages.refusal(error.reason))
        return
    if not within and not (isinstance(message, Command) and message.verb == "stop"):
        page.offer(messages.refusal(TOO_MANY))
    elif isinstance(message, Tap):
        console.tap(page, message)
    elif isinstance(message, Command):
        console.carry(page, message)
    elif isinstance(message, Reply):
        console.reply(page, message)
    elif message.seen:
        console.seen(page)


async def _not_understood(_request: Request, _error: Exception) -> JSONResponse:
    return outcome(422, messages.NOT_UNDERSTOOD)


async def _no_route(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return outcome(status, _REASONS.get(status, messages.NOT_UNDERSTOOD))


async def _not_let_in(_request: Request, error: Exception) -> JSONResponse:
    refused = error if isinstance(error, SignInRefused) else SignInRefused(500, str(error))
    return outcome(refused.status, str(refused), refused.wait_s)


async def _not_done(_request: Request, error: Exception) -> JSONResponse:
    return outcome(error.status if isinstance(error, AccountError) else 500, str(error))


async def _not_scanned(_request: Request, error: Exception) -> JSONResponse:
    return outcome(error.status if isinstance(error, ScanRefused) else 500, str(error))


async def _failed(_request: Request, _error: Exception) -> JSONResponse:
    return outcome(500, "The console failed here. The belt is not affected; reload the page.")


async def _not_kept(_request: Request, error: Exception) -> JSONResponse:
    return outcome(409 if isinstance(error, ArchiveRefusal) else 503, str(error))


_HANDLERS = {
    RequestValidationError: _not_understood,
    HTTPException: _no_route,
    SignInRefused: _not_let_in,
    AccountError: _not_done,
    ArchiveError: _not_kept,
    ScanRefused: _not_scanned,
    Exception: _failed,
}


def build(console: Console, names: Iterable[str]) -> FastAPI:
    """The application. `names` are the Host values it answers to."""
    app = FastAPI(title="Retrotread console", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.console = console
    app.openapi = functools.partial(openapi.document, app)  # type: ignore[method-assign]
    for routes in (router, users.router, visits.router, setup.router, shelf.router):
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Admission, console=console)
    app.add_middleware(Doorkeeper, names=names, secure=console.secure)
    return app
