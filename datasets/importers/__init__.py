"""One importer for each format: `read(folder)` yields every picture that a label tells of, with boxes and problems.

An importer never stops at a bad file and never drops one: what is wrong is a `Problem` of the picture, or a `Problem`
by itself where no picture can be named.
"""
