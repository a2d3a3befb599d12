"""The one place where the field's units meet SI. Inside, everything is metres and seconds."""

MPS_PER_MPH = 0.44704
"""Exact by the definition of the international mile (1609.344 m)."""

KMH_PER_MPS = 3.6


def mps_from_mph(mph: float) -> float:
    return mph * MPS_PER_MPH


def mph_from_mps(mps: float) -> float:
    return mps / MPS_PER_MPH


def mps_from_kmh(kmh: float) -> float:
    return kmh / KMH_PER_MPS


def kmh_from_mps(mps: float) -> float:
    return mps * KMH_PER_MPS
