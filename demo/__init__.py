"""A demo that tells a true story: sixty days of cases, replayed through the real services.

``cast`` are the people, ``stories`` and ``words`` what they say, ``lives`` how one case
moves from moment to moment, ``courses`` how cases usually go, ``scenes`` what is on the
desks right now, and ``replay`` plays all of it in the order of time.
"""
