"""English words that hold a sentence together, by which may stand for which."""

from __future__ import annotations

_EXCHANGEABLE = """
can could may might
should must
will would
within inside
through via
across throughout
among between
around about
although though
because since
these those
many multiple numerous several various
each every
anyone everyone
often usually
quite really very
"""

_ALONE = """
again against all almost already also always am and another any anybody anything are as at be been before behind being
below both but by did do does doing done down during either else enough even ever everybody everything except few for
from get gets getting got had has having here how however if in into is itself just least less let lets like little
lot lots more most much myself near now of off on only onto or other others ourselves out outside over own per plus
same so some somebody someone something somewhere soon still such than that the themselves then there therefore this
thus till to too toward towards under unless until up upon was were what whatever when where whether which whichever
while who whoever whom whose why with yet yourself
"""

CLASSES = {word: word for word in _ALONE.split()} | {
    word: line.split()[0] for line in _EXCHANGEABLE.strip().splitlines() for word in line.split()
}
"""Of each function word its class: an edit brings one of the same class or none.

Closed classes, as in Quirk et al. 1985, section 2.35, cut finer where one of their words cannot stand for another.
"""
