"""Many clips: each on its own, over several processes, going on where an earlier run ended."""
