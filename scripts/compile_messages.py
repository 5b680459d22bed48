"""Compiles every message catalogue below locale/ (.po → .mo) without gettext: only what is newer than its result."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def main() -> int:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            catalogue = polib.pofile(str(source))
        except (OSError, UnicodeDecodeError) as problem:
            print(f"{source.relative_to(LOCALE.parent)} can't be read as a message catalogue: {problem}", file=sys.stderr)
            return 1
        catalogue.save_as_mofile(str(compiled))
        print(f"Compiled {source.relative_to(LOCALE.parent)}: {catalogue.percent_translated()} % translated.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
