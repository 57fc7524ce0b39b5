"""Bringing cases in from the exports of other systems, row by row.

``encodings`` turns bytes into text, ``reading`` text into records, ``mapping`` says
which column means what, ``rows`` makes a record into something typed or refuses it, and
``running`` brings it in.
"""
