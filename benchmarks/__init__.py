"""Benchmarks of Retrotread. Each module here is one, with `run()` and `table()`."""
