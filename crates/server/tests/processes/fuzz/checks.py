"""A check of ours beside those of schemathesis, and a count of what it asked."""

import schemathesis
from schemathesis.core.failures import Failure

# Said of what no schema can say: places in the request, or None for everywhere. Each with its reason.
BEYOND_SCHEMAS = {
    # Without questions in `evaluations` the top itself is one, and is needed whole.
    "authzen.evaluations": ("/subject", "/action", "/resource"),
    # The names of time zones are those of a database; times of a day follow each other, and a first response does not come after the end.
    "service_targets.set": None,
    # Names that are alike but for capitals are one name.
    "service_presets.set": ("/",),
    # A level goes with a service, and with nothing else.
    "mappings.set": None,
    # An edit says at most one of several things that exclude each other.
    "queries.save": ("/question", "filter"),
    "queries.replace": ("/question", "filter"),
    # A position is one of the log.
    "events.stream": ("since", "Last-Event-ID"),
    "subscriptions.replay": ("/since",),
    # A domain, and no address.
    "registration.ask": ("entry",),
}


@schemathesis.check
def refused_by_form(ctx, response, case):
    """What the document allows may be refused by a rule, which has a code of its own, and is never said to have a wrong form."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    problem = response.json()
    if problem.get("code") not in ("invalid", "malformed"):
        return
    known = BEYOND_SCHEMAS.get(case.operation.definition.raw.get("operationId"), ())
    if known is None or problem.get("at") in known:
        return
    raise Failure(
        operation=case.operation.label,
        title="Refused by its form",
        message=f"The document allows it: {problem}",
    )


@schemathesis.hook
def after_call(context, case, response):
    """Of which operation an example was asked: `fuzz.rs` counts the lines."""
    with open("asked.txt", "a", encoding="utf-8") as asked:
        asked.write(case.operation.definition.raw["operationId"] + "\n")
