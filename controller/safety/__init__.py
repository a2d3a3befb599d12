"""The safety rooms: limits, evidence, interlocks, latch, gate. Pure; they import protocols only."""
