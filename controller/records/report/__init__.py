"""Reports for people: one self-contained HTML page per session, and one per patient over time.

A page needs no network and no script: its style and its drawings are inside. It prints on A4.
"""
