"""What a report is turned into. Each output is a function of a `Report` and knows nothing of the others."""
