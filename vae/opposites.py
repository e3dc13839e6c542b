"""English words that are used alike and say the opposite."""

from __future__ import annotations

from functools import lru_cache

from vae.word_forms import same_stem

_PAIRS = """
able unable, accept decline, accept reject, active passive, add delete, add remove, ago later, agree disagree, alive
dead, allow deny, allow prevent, allow prohibit, always sometimes, answer ask, answer question, apart together, appear
disappear, arrive leave, ascend descend, attach detach, attack defend, automatic manual, automatically manually, back
forward, bad best, bad good, bad great, begin end, begin finish, begin stop, best worst, better worse, big little, big
small, bigger smaller, borrow lend, bottom top, build destroy, buy sell, cheap expensive, clean dirty, clear unclear,
close open, cold hot, cold warm, come go, common rare, complete incomplete, complex simple, complex simpler, connect
disconnect, continue stop, cool warm, correct incorrect, correct wrong, create delete, create destroy, create remove,
dangerous safe, dark light, day night, decline increase, decrease grow, decrease increase, deep shallow, difference
similarity, different same, different similar, difficult easier, difficult easy, disable enable, discourage encourage,
dislike like, download upload, dry wet, dynamic static, earlier later, early late, easier hard, easier harder, easy
hard, empty full, enable prevent, end start, enter exit, enter leave, exclude include, export import, external
internal, fail pass, fail succeed, failure success, fall rise, false true, far near, fast slow, faster slower, father
mother, few many, final initial, final previous, find lose, finish start, first last, follow lead, forget remember,
former latter, free paid, future past, gain lose, general specific, get give, give take, global local, great terrible,
happy sad, happy unhappy, hard soft, hate love, heavy light, help hinder, hidden visible, hide show, high low, higher
lower, highest lowest, horizontal vertical, important unimportant, impossible possible, improve worsen, increase
reduce, indoor outdoor, inner outer, input output, insecure secure, inside outside, install uninstall, invalid valid,
irregular regular, irresponsible responsible, join leave, large small, larger smaller, largest smallest, last next,
leave stay, left right, less more, local remote, lock unlock, long short, longer shorter, loose tight, lose win, loud
quiet, lower raise, lower upper, major minor, mandatory optional, mandatory voluntary, maximum minimum, men women,
merge split, multiple single, narrow wide, negative positive, new old, newer older, next previous, no yes, normal
unusual, offline online, old recent, old young, older younger, open shut, optional required, over under, permanent
temporary, plural singular, poor rich, private public, pull push, quick slow, quickly slowly, read write, receive
send, right wrong, rough smooth, safe unsafe, start stop, strong weak, stronger weaker, subscribe unsubscribe, thick
thin, tomorrow yesterday, unusual usual, useful useless
"""


def _pairs() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in " ".join(_PAIRS.split()).split(", "))


PAIRS = _pairs()
"""Counted vectors cannot tell them apart: what stands beside "start" stands beside "stop" too."""

_WORDS = frozenset().union(*PAIRS)


def opposite(first: str, second: str) -> bool:
    """Whether two bare words are forms of a pair of PAIRS."""
    return any(frozenset((one, other)) in PAIRS for one in _stems(first) for other in _stems(second))


@lru_cache(maxsize=1 << 16)
def _stems(word: str) -> tuple[str, ...]:
    """The words of PAIRS that this one may be a form of."""
    return (word,) if word in _WORDS else tuple(known for known in _WORDS if same_stem(word, known))
