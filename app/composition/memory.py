"""Python's garbage collector, told what a server's memory looks like."""

import gc


def settle() -> None:
    """What is loaded by now stays for good: the collector need not walk it again and again, under load above all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
