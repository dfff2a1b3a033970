"""Reading a clip in a process that can do nothing else: no other file, no network, no program, so much memory.

A hole in a decoder is then a hole into an empty room. What comes out of the room are pictures in shared memory and
short messages of fixed form, both checked before they are used.
"""
