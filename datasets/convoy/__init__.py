"""A drawn convoy, filmed by a drawn drone: footage of which the whole truth is known.

For the demo, for tests that need exact truth, and for pictures to train on. Nothing in it is a photograph.
"""
