"""Asks ``/health`` four times a second until its standard input ends; then prints the longest that it took, in seconds.

``python -m bench.probe PORT``: a process of its own, since one that makes the load is late itself.
"""

import subprocess
import sys
import threading
import time

import urllib3

from bench.stack import ROOT, Server


class Probe:
    def __init__(self, server: Server) -> None:
        command = [sys.executable, "-m", "bench.probe", str(server.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end(self) -> float:
        return float(self._process.communicate()[0])


def main(port: str) -> None:
    over, slowest = threading.Event(), 0.0
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    http = urllib3.PoolManager(retries=False, timeout=120)
    while not over.wait(0.25):
        began = time.perf_counter()
        assert http.request("GET", f"http://127.0.0.1:{port}/health", headers={"Connection": "close"}).status == 200
        slowest = max(slowest, time.perf_counter() - began)
    print(slowest)


if __name__ == "__main__":
    main(sys.argv[1])
