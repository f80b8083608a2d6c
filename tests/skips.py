#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists what a test run skipped, entries of ctest and rows of Qt Test: skips.py [--strict] RESULTS.xml

RESULTS.xml is what ctest --output-junit wrote, with the whole output of every entry (--test-output-size-passed). With --strict the exit code is 1
where anything was skipped for a reason that is not in the table below: a package that is missing, above all."""
import re
import sys
import xml.etree.ElementTree as ElementTree

# The reasons for which a machine may skip a test, by words in what the test says.
ALLOWED = {
    "no GPU": r"E-CUDA-10[123]",
    "there is a GPU": r"there is a GPU",
    "no CUDA": r"CUDA module is not built",
    "data outside the repository": r"data outside the repository: |nothing to compare with: no manifest",
    "processor": r"processor without",
    "root": r"root may read everything",
    "sanitizer": r"a sanitizer needs",
    "file system": r"[Tt]his file system|sparse files .*not supported",
    "done before it was stopped": r"before it could be stopped|before the signal came",
}


def skips(case):
    """(where, reason) of everything that an entry skipped."""
    output = case.findtext("system-out") or ""
    rows = re.findall(r"^SKIP   : (\S+?\(.*?\)) (.*)$", output, re.MULTILINE)
    told = sum(int(n) for n in re.findall(r"^Totals: .*?, (\d+) skipped", output, re.MULTILINE))
    if told != len(rows):
        yield case.get("name"), f"{told} rows were skipped, of which the output tells {len(rows)}"
    for where, reason in rows:
        yield f"{case.get('name')} {where}", reason
    if case.find("skipped") is not None:
        lines = re.findall(r"^.*?\bskip(?:ped)?:?\s+(.*)$", output, re.MULTILINE | re.IGNORECASE)
        yield case.get("name"), lines[-1] if lines else "no reason was given"


def main():
    strict = "--strict" in sys.argv
    cases = ElementTree.parse(sys.argv[-1]).getroot().findall(".//testcase")
    if not cases:
        sys.exit(f"{sys.argv[-1]} has no test in it")
    found = [(next((name for name, words in ALLOWED.items() if re.search(words, reason)), None), where, reason) for case in cases for where, reason in skips(case)]
    print(f"Skipped in {len(cases)} entries: {len(found)} entries and rows" + (":" if found else "."))
    for name, where, reason in sorted(found, key=lambda f: (f[0] is not None, f[0] or "", f[1])):
        print(f"  [{name or 'NOT EXPECTED'}] {where}: {reason}")
    unexpected = sum(name is None for name, _, _ in found)
    if strict and unexpected:
        sys.exit(f"{unexpected} of these skips have no reason that tests/skips.py allows: install what is missing, or fix the test.")


main()
