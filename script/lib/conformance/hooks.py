"""What schemathesis cannot know by itself: how lines of JSON look, and that it compresses nothing."""

import json

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

_names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
_events = st.fixed_dictionaries(
    {"run_id": _names, "node": st.sampled_from(["PLAN", "LYRICS", "ö"]), "phase": st.sampled_from(["end", "fail"])},
    optional={
        "duration_ms": st.integers(0, 2**53 - 1),
        "metrics": st.dictionaries(_names, st.integers(-(10**9), 10**9), max_size=3),
        "issues": st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=3),
    },
)
_lines = st.lists(_events, max_size=5).map(lambda events: "".join(json.dumps(e) + "\n" for e in events).encode())

for name in ("application/x-ndjson", "application/jsonl"):
    schemathesis.openapi.media_type(name, _lines)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Takes the name of an encoding off a good request, whose body is as it was; a bad one may lie."""
    if case.meta.generation.mode == GenerationMode.POSITIVE and "Content-Encoding" in (case.headers or {}):
        del case.headers["Content-Encoding"]
