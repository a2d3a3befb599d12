"""Thousands of walks in virtual time: the controller's real turn against the simulated bedside.

The one room that stands on both sides: it imports the controller's pure rooms and the simulators,
and nobody imports it.
"""
