"""Released networks, and the scripts that train, export and judge them (extra `train`)."""
