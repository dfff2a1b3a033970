"""What `benchmarks.fuzz` tries: parsers by what they read, and shots without sense."""
