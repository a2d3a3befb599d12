"""`retrotread doctor`: what this computer lacks to run a treadmill, and the way out of each lack.

A check looks and judges: `look` takes a small value from the computer, `judge` is pure and makes
findings of it. Nothing here changes anything outside the data folder or speaks to a treadmill.
"""
