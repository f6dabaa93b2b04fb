"""Python's garbage collector, told what a server's memory looks like."""

import ctypes
import gc
import sys

import gevent

LOOK = 10.0  # seconds
FALLEN = 0.9  # of the most that was seen: a rush is over


def settle() -> None:
    """What is loaded by now stays for good: the collector need not walk it again and again, under load above all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def give_back() -> None:
    """Runs for ever: after a rush, what Python and the C library still keep of it goes back to the system."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    most = 0
    while True:
        gevent.sleep(LOOK)
        held = sys.getallocatedblocks()
        most = max(most, held)
        if held > most * FALLEN:
            continue
        gc.collect()
        if trim is not None:
            trim(0)
        most = sys.getallocatedblocks()
