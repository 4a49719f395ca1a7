"""Keeps the Chinese translations complete: `update` rewrites and compiles them, `check` fails where that is needed.

The .mo file is made by polib, whose output depends on the .po alone, so that it can be committed and compared.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    *("accounts", "zones", "consolidation", "staffing"),
    *("signals", "solver", "evaluation", "followup", "dashboards", "exchange", "reports"),
    *("platforms_portal", "templates"),
)
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
METADATA = {
    "Project-Id-Version": "platforms-portal",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}

Key = tuple[str | None, str]


def key(entry: polib.POEntry) -> Key:
    """Tell entries apart: the same words may stand in two contexts."""
    return entry.msgctxt, entry.msgid


def extract() -> polib.POFile:
    """Gather every text to translate, from a copy of the sources, so that nothing in the tree is touched."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in FOLDERS:
            if (ROOT / folder).is_dir():
                shutil.copytree(
                    ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__")
                )
        (copy / "locale").mkdir()
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            "zh_Hans",
            "--keep-pot",
            "--no-location",
        ]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        template = copy / "locale" / "django.pot"
        return polib.pofile(str(template)) if template.exists() else polib.POFile()


def update() -> None:
    """Bring the catalogue up to the sources, keep what is translated, drop what is no longer said, and compile."""
    known = (
        {key(entry): entry for entry in polib.pofile(str(CATALOGUE))} if CATALOGUE.exists() else {}
    )
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = METADATA
    # In the order of the words, so that two branches that add texts seldom meet in one place.
    for entry in sorted(extract(), key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        old = known.get(key(entry))
        if old is not None:
            entry.msgstr = old.msgstr
            entry.msgstr_plural = old.msgstr_plural or entry.msgstr_plural
            entry.tcomment = old.tcomment
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "")}
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    missing = [entry.msgid for entry in catalogue if not entry.translated()]
    print(
        f"{len(catalogue)} texts, {len(missing)} without a translation in {CATALOGUE.relative_to(ROOT)}"
    )
    for msgid in missing:
        print(f"    {msgid!r}")


def problems() -> list[str]:
    """Name everything that keeps the translations from being complete."""
    if not CATALOGUE.exists():
        return [f"{CATALOGUE.relative_to(ROOT)} does not exist"]
    catalogue = polib.pofile(str(CATALOGUE), check_for_duplicates=True)
    said, translated = (
        {key(entry) for entry in extract()},
        {key(entry) for entry in catalogue if not entry.obsolete},
    )
    found = [
        f"in the code, not in the catalogue: {msgid!r}"
        for _, msgid in sorted(said - translated, key=str)
    ]
    found += [
        f"in the catalogue, not in the code: {msgid!r}"
        for _, msgid in sorted(translated - said, key=str)
    ]
    found += [f"obsolete: {entry.msgid!r}" for entry in catalogue.obsolete_entries()]
    found += [f"fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    found += [f"not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
    compiled = CATALOGUE.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        found.append(f"{compiled.relative_to(ROOT)} is not what the .po says")
    # Placeholders that a translation lost or changed would fail on the page.
    formats = subprocess.run(
        ["msgfmt", "--check-format", "--output-file=-", str(CATALOGUE)],
        capture_output=True,
        text=False,
        check=False,
    )
    if formats.returncode:
        found.append(formats.stderr.decode())
    return found


def main() -> int:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["update"]:
            update()
            return 0
        case ["check"]:
            found = problems()
            for line in found:
                print(line)
            print(
                "`make messages` brings the catalogue up to the code."
                if found
                else "Translations are complete."
            )
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
