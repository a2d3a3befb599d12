"""The console over HTTP and WebSocket: routes only; what they mean is in `console`."""

import asyncio
import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from controller.web import messages
from controller.web.console import Console
from controller.web.doorkeeper import Doorkeeper
from controller.web.messages import Command, MessageError, Outcome, PinEntry, State, Tap
from controller.web.pages import Page

COOKIE = "retrotread"
STATIC = Path(__file__).parent / "static"

_REASONS = {
    404: "There is no such page here. The console is at /.",
    405: "This address does not take that kind of request.",
}


def _console(connection: HTTPConnection) -> Console:
    console: Console = connection.app.state.console
    return console


Here = Annotated[Console, Depends(_console)]
router = APIRouter()


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    return FileResponse(STATIC / "index.html")


@router.get("/healthz")
async def health(console: Here) -> dict[str, bool]:
    """The desk is alive; `control` tells whether control is there."""
    return {"desk": True, "control": console.line.linked}


@router.get("/api/state")
async def state(request: Request, console: Here) -> State:
    return console.state(request.cookies.get(COOKIE))


@router.get("/api/walk")
async def walk(console: Here) -> dict[str, Any]:
    """The walk so far, as the desk saw it."""
    return console.course.whole()


@router.post("/api/stop")
async def stop(request: Request, console: Here) -> JSONResponse:
    """Stop the belt. Needs no sign-in; 503 if control did not confirm it."""
    answer = await console.line.command("stop", console.role(request.cookies.get(COOKIE)))
    return _outcome(200 if answer.accepted else 503, answer.reason)


@router.post("/api/sign-in")
async def sign_in(entry: PinEntry, request: Request, console: Here) -> JSONResponse:
    """A PIN becomes a session cookie that no script can read and no other site can send."""
    address = request.client.host if request.client else ""
    if not console.attempts.allow(address, console.clock()):
        return _outcome(429, "Too many PINs were tried. Wait a minute, then try again.")
    if not await console.pin.matches(entry.pin):
        return _outcome(403, "This is not the PIN. It was printed when the console was set up.")
    console.attempts.forgive(address)
    response = _outcome(200)
    response.set_cookie(
        COOKIE,
        console.sign_ins.open(console.clock()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/api/sign-out")
async def sign_out(request: Request, console: Here) -> JSONResponse:
    console.sign_ins.close(request.cookies.get(COOKIE))
    response = _outcome(200)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.websocket("/ws")
async def watch(socket: WebSocket, console: Here) -> None:
    """Telemetry, pulses and answers out; commands and pulses in."""
    await socket.accept()
    page = Page(socket.cookies.get(COOKIE))
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
    try:
        message = messages.read(text)
    except MessageError as error:
        page.offer(messages.refusal(error.reason))
        return
    if isinstance(message, Tap):
        console.tap(page, message)
    elif isinstance(message, Command):
        console.carry(page, message)
    elif message.seen:
        console.seen(page)


def _outcome(status: int, reason: str = "") -> JSONResponse:
    body = Outcome(accepted=status == 200, reason=reason)
    return JSONResponse(body.model_dump(), status)


async def _not_understood(_request: Request, _error: Exception) -> JSONResponse:
    return _outcome(422, messages.NOT_UNDERSTOOD)


async def _no_route(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _outcome(status, _REASONS.get(status, messages.NOT_UNDERSTOOD))


async def _failed(_request: Request, _error: Exception) -> JSONResponse:
    return _outcome(500, "The console failed here. The belt is not affected; reload the page.")


def build(console: Console, names: Iterable[str]) -> FastAPI:
    """The application. `names` are the Host values it answers to."""
    app = FastAPI(title="Retrotread console", docs_url=None, redoc_url=None)
    app.state.console = console
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Doorkeeper, names=names)
    return app
