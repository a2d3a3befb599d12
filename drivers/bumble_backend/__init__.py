"""bleak on Google Bumble's host stack: a USB dongle, a serial controller, or the virtual air.

Importing this package does not import Bumble; its modules do (about 0.5 s and 42 MB).
"""
