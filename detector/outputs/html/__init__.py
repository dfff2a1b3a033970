"""report.html: one file for people who do not read JSON; opens from disk, asks nothing of a network."""
