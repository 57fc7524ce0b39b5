#!/usr/bin/env python
"""Runs the project's commands, with the development settings unless told otherwise."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casetrack.settings.development")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
