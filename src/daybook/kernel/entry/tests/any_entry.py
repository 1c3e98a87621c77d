"""Entries as they may be handed in: right, nearly right, and anything at all."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from daybook.kernel.facts import behaviours, changes, codes_of, contact_means, identifier_kinds, told_whom

# Line ends and tabs are kept; other control characters and half surrogates are refused.
clean_text = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t\r"), max_size=20)
any_text = st.one_of(
    clean_text, st.text(st.characters(codec=None), max_size=8), st.just("\x00"), st.just("a\ud800")
)
said_text = clean_text.map(lambda text: f"He said: {text}")
ids = st.uuids(version=4).map(str)
times = st.sampled_from(
    [
        "2026-11-03",
        "2026-11-03T21:15",
        "2026-11-03T21:15:30+01:00",
        {"about": "2026-11-03T21:15"},
        {"from": "2026-11-03", "to": "2026-11-05T10:00", "zone": "Europe/Paris"},
        {"from": "2026-11-03"},
        {"since": "2026-09-01", "until": "2026-09-03"},
        {"at": "2026-11-03T21:15", "zone": "Asia/Tokyo"},
        {"date": "2026-11-03"},
        {"kind": "unknown"},
        {"kind": "since", "start": "2026-11-03", "zone": "Europe/London"},
    ]
)


def codes(allowed: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(allowed), max_size=4)


def partly(
    needed: dict[str, st.SearchStrategy[Any]], **may: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(needed, optional=may)


identifiers = st.lists(
    said_text | partly({"kind": st.sampled_from(codes_of(identifier_kinds())), "value": said_text}),
    max_size=3,
)
certainties = st.sampled_from(["known", "think", "unknown"])
suspects = st.lists(
    st.one_of(
        said_text,
        partly({"suspect": ids}, certainty=certainties),
        partly({"name": said_text}, certainty=certainties, relationship=clean_text, identifiers=identifiers),
        partly({"description": said_text}, name=clean_text),
    ),
    max_size=3,
)
witnesses = st.lists(
    st.one_of(
        said_text,
        partly({"witness": ids}, saw=clean_text),
        partly({"name": said_text}, contact=clean_text, notes=clean_text, saw=clean_text),
    ),
    max_size=3,
)
places = st.one_of(
    said_text,
    partly({"text": said_text}, kind=st.sampled_from(["place", "online"])),
    partly({"kind": st.just("mine"), "mine": ids}, text=clean_text),
)
told = st.lists(
    st.sampled_from(codes_of(told_whom()))
    | partly(
        {"who": st.sampled_from(codes_of(told_whom()))},
        force=clean_text,
        officer=clean_text,
        reference=clean_text,
        when=clean_text,
    ),
    max_size=3,
)
answers = st.sampled_from(["yes", "no", "unsure"])

good_entries = partly(
    {"words": said_text},
    when=times,
    place=places,
    behaviours=codes(codes_of(behaviours())),
    contact=codes(codes_of(contact_means())),
    identifiers=identifiers,
    suspects=suspects,
    witnesses=witnesses,
    said=clean_text,
    effect=clean_text,
    changes=codes(codes_of(changes())),
    told=told,
    order_breached=answers | partly({"answer": answers}, detail=clean_text),
    feelings=clean_text,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def nearly_good_entries(draw: st.DrawFn) -> Any:
    """A good entry with one value, somewhere inside, put in the place of another or taken out."""
    entry = deepcopy(draw(good_entries))  # some values are drawn from lists that must stay as they are
    at = entry
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys or draw(st.integers(0, 4)) == 0:
            if isinstance(at, dict):
                at[draw(st.sampled_from([*keys, "x"]) if keys else st.just("x"))] = draw(json_values)
            return entry
        key = draw(st.sampled_from(keys))
        inner = at[key]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            at = inner
        elif draw(st.booleans()):
            at[key] = draw(json_values)
            return entry
        else:
            del at[key]
            return entry
