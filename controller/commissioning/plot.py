"""A page with the measured stops: one self-contained HTML file with an SVG in it, no network."""

from html import escape

from controller.commissioning.profile import Profile
from controller.commissioning.stopping import Point

WIDTH, HEIGHT = 640, 320
LEFT, BOTTOM = 56, 40
_CURVE_POINTS = 120

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:44rem}}
td{{padding:0 1.5rem 0 0}}svg{{width:100%}}</style>
<h1>{title}</h1>{svg}
<table>{rows}</table>
<p>Dots: what the treadmill reported after Stop. Line: the curve fitted to them. The cap is the
speed from which a body that does nothing is carried half a metre until the belt rests.</p></html>
"""


def page(profile: Profile, points: tuple[Point, ...]) -> str:
    """The page of one commissioning."""
    facts = {
        "Treadmill": f"{profile.address}, {profile.identity.model} {profile.identity.firmware}",
        "Tier": profile.tier,
        "Cap": f"{profile.cap_mps:.2f} m/s",
        "Deceleration": f"{profile.curve.slope_mps2:.2f} m/s²",
        "From Stop to braking": f"{profile.curve.onset_s:.2f} s",
        "From the cap to rest, as seen": f"{profile.stop_s:.1f} s",
        "Measured on": profile.made_on,
    }
    rows = "".join(f"<tr><td>{escape(k)}<td>{escape(v)}" for k, v in facts.items())
    return _PAGE.format(title="How this treadmill stops", svg=_svg(profile, points), rows=rows)


def _svg(profile: Profile, points: tuple[Point, ...]) -> str:
    last_s = max([1.0, *(point.after_s for point in points)]) * 1.05
    top_mps = max([0.1, *(point.from_mps for point in points)]) * 1.15
    from_mps = max((point.from_mps for point in points), default=0.0)

    def at(after_s: float, speed_mps: float) -> str:
        x = LEFT + after_s / last_s * (WIDTH - LEFT - 10)
        y = HEIGHT - BOTTOM - speed_mps / top_mps * (HEIGHT - BOTTOM - 10)
        return f"{x:.1f},{y:.1f}"

    times_s = [last_s * step / _CURVE_POINTS for step in range(_CURVE_POINTS + 1)]
    line = " ".join(at(t, profile.curve.speed_mps(t, from_mps)) for t in times_s)
    dots = "".join(
        '<circle cx="{}" cy="{}" r="4"/>'.format(*at(point.after_s, point.speed_mps).split(","))
        for point in points
    )
    base = f"{at(0, top_mps)} {at(0, 0)} {at(last_s, 0)}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Speed after Stop">'
        f'<polyline points="{base}" fill="none" stroke="#888"/>'
        f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>'
        f'<g fill="#222">{dots}</g>'
        f'<text x="{WIDTH - 150}" y="{HEIGHT - 8}">seconds after Stop: {last_s:.1f}</text>'
        f'<text x="4" y="16">{top_mps:.2f} m/s</text></svg>'
    )
