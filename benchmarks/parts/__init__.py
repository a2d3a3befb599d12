"""What the benchmarks are made of; nothing here is a benchmark by itself."""
