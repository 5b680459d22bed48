"""Serves the site with its demo on this machine: `make run`.

    python scripts/run_site.py [PORT]

Database and demo are prepared in the same process that then serves: Django is loaded once, and a second start is quick.
"""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"


def is_taken(port: int) -> bool:
    """Does something answer at `port` of this machine?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def prepare(address: str) -> None:
    """Bring the database up to date, load the demo into an empty one, and say where the site is and who may sign in."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    (ROOT / "var").mkdir(exist_ok=True)
    django.setup()
    if not Path(settings.DATABASES["default"]["NAME"]).exists():
        print("Making the database and loading the demo: this takes a minute, once.", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_demo", "--if-empty")
    print(
        f"\nPalvelumanuaali: {address}\nIts editors' side: {address}admin/\nMails that it sent: {address}mails/\n", flush=True
    )
    call_command("demo_sign_ins")
    print(flush=True)


def main(arguments: list[str]) -> int:
    port = int(arguments[0]) if arguments and arguments[0].isdigit() else 8000
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palvelumanuaali.settings.dev")
    from django.core.management import execute_from_command_line

    # Django's reloader runs this file again after every change of the code, with RUN_MAIN set.
    if os.environ.get("RUN_MAIN") != "true":
        if is_taken(port):
            print(f"Port {port} is in use already. Choose another: make run PORT={port + 1}", file=sys.stderr)
            return 1
        prepare(f"http://{HOST}:{port}/")
    execute_from_command_line(["manage.py", "runserver", f"{HOST}:{port}"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
