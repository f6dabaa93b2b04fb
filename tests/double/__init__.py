"""A language model vendor on the wire: real HTTP, scripted answers and faults. Run it as ``python -m tests.double``."""
