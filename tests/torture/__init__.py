"""Faults against real processes: own servers, own clocks, and a judge that reads the rows.

`make torture` kills, stops, drowns and misleads what production runs, and then asks the
database for every rung of every deadline: did it ring, once, and in time?
"""
