"""The supervisor's console: what a browser may ask, what it is told, and who is signed in."""
