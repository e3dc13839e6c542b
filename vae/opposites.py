"""English words that are used alike and say the opposite."""

from __future__ import annotations

from functools import lru_cache

from vae.word_forms import inflection

_PAIRS = """
able unable, above below, accept decline, accept reject, active passive, add delete, add remove, after before, ago
later, agree disagree, ahead behind, alive dead, allow deny, allow prevent, allow prohibit, always sometimes, answer
ask, answer question, apart together, appear disappear, arrive leave, ascend descend, attach detach, attack defend,
automatic manual, automatically manually, back forward, back front, bad best, bad good, bad great, began stopped,
begin end, begin finish, begin stop, beginning end, best worst, better worse, big little, big small, bigger smaller,
borrow lend, bottom top, bought sold, boy girl, brother sister, build destroy, buy sell, came went, cheap expensive,
clean dirty, clear unclear, close open, cold hot, cold warm, come go, common rare, complete incomplete, complex
simple, complex simpler, connect disconnect, continue stop, cool warm, correct incorrect, correct wrong, create
delete, create destroy, create remove, dangerous safe, dark light, daughter son, day night, decline increase, decrease
grow, decrease increase, deep shallow, difference similarity, different same, different similar, difficult easier,
difficult easy, disable enable, discourage encourage, dislike like, down up, download upload, dry wet, dynamic static,
earlier later, early late, easier hard, easier harder, east west, easy hard, empty full, enable prevent, end start,
enter exit, enter leave, evening morning, everyone noone, exclude include, export import, external internal, fail
pass, fail succeed, failure success, fall rise, false true, far near, fast slow, faster slower, father mother, fell
rose, few many, final initial, final previous, find lose, finish start, first last, follow lead, forget remember,
former latter, found lost, free paid, future past, gain lose, gave took, general specific, get give, give take, global
local, great terrible, happy sad, happy unhappy, hard soft, hate love, heavy light, help hinder, hidden visible, hide
show, high low, higher lower, highest lowest, horizontal vertical, husband wife, important unimportant, impossible
possible, improve worsen, increase reduce, indoor outdoor, inner outer, input output, insecure secure, inside outside,
install uninstall, invalid valid, irregular regular, irresponsible responsible, join leave, large small, larger
smaller, largest smallest, last next, leave stay, left right, left stayed, less more, local remote, lock unlock, long
short, longer shorter, loose tight, lose win, lost win, loud quiet, lower raise, lower upper, major minor, man woman,
mandatory optional, mandatory voluntary, maximum minimum, men women, merge split, multiple single, narrow wide,
negative positive, new old, newer older, next past, next previous, no yes, normal unusual, north south, offline
online, old recent, old young, older younger, open shut, optional required, over under, permanent temporary, plural
singular, poor rich, private public, pull push, quick slow, quickly slowly, read write, receive send, right wrong,
rough smooth, safe unsafe, start stop, strong weak, stronger weaker, subscribe unsubscribe, thick thin, tomorrow
yesterday, unusual usual, useful useless
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
def _stems(word: str) -> frozenset[str]:
    """The words of PAIRS that this one is, or is a form of by an ending: "stopped" and "closing" too."""
    stem = word.removesuffix(inflection(word))
    return _WORDS & {word, stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
