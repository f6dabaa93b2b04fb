"""``python -m app.local run``: what ``make run`` calls once everything is installed."""

import os
import sys
from collections.abc import Mapping, Sequence


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    if arguments == ["run"]:
        from app.local import launcher

        return launcher.run(environ)
    if arguments == ["prepare"]:
        from app.local import prepare

        return prepare.run(environ)
    sys.stderr.write("usage: python -m app.local run\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
