"""The setup's pages over HTTP: what there is, what is in force, what is in reach."""

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from controller.web import room
from controller.web.here import Here
from controller.web.openapi import refusals

router = APIRouter()


@router.get("/api/programs")
async def programs(console: Here) -> dict[str, list[dict[str, Any]]]:
    """Every program that can be walked, the clinic's own too."""
    return {"programs": room.programs(console.sheets.values())}


@router.get("/api/limits", responses=refusals(503))
async def limits(console: Here) -> dict[str, list[dict[str, Any]]]:
    """Every limit in force, and which source bound it."""
    here = console.the_room()
    return {"limits": await run_in_threadpool(here.limits_in_force, console.data_dir)}


@router.get("/api/machine", responses=refusals(503))
async def machine(console: Here) -> dict[str, Any]:
    """The treadmill in use, and what commissioning measured of it."""
    here = console.the_room()
    return await run_in_threadpool(here.machine, console.data_dir)


@router.post("/api/scan", responses=refusals(409, 503))
async def scan(console: Here) -> dict[str, list[dict[str, Any]]]:
    """Look for treadmills, straps and speed sensors in reach; takes some seconds. Only while the
    belt rests and nothing is under way, and one look at a time."""
    return {"devices": await console.scanner.look(console.the_room().adapter)}
