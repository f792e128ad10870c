"""Policies: what each means in time, who has which, and a form for those who may change them."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post

from fener.actions import customers, policies
from fener.actions.customers import CustomerChange
from fener.actions.rights import require
from fener.domain.customer import Customer
from fener.domain.errors import Conflict, Invalid
from fener.domain.monitor import DEFAULT_TIMEOUT
from fener.domain.people import Permission
from fener.domain.policy import NamedPolicy, Quorum
from fener.web import policy_form
from fener.web.forms import Form
from fener.web.inside import show
from fener.web.views.monitors import number_of
from fener.web.visit import Entered, Inside, PathText

HERE = "/policies"
GROUPS = ("turning", "places", "reminding", "flapping", "certificates")
"""Parts of the form, each with sentences on what it means."""
_REFUSED = (Invalid, Conflict)


@get("/policies")
async def policy_list(inside: Entered) -> Response[Any]:
    known = await policies.list_all(inside.context, inside.who)
    theirs = await customers.list_all(inside.context, inside.who)
    return await show(
        inside,
        "policies.html",
        HERE,
        policies=known,
        usual_timeout=DEFAULT_TIMEOUT,
        customers=theirs,
        customers_by=_by_policy(known, theirs),
        may_change=inside.who.may(Permission.MANAGE_ORGANIZATION),
        may_assign=inside.who.may(Permission.MANAGE_CUSTOMERS),
        knows_all=not inside.who.is_limited,
    )


@post("/policies/customers")
async def assign(inside: Entered) -> Response[Any]:
    """Another policy for a customer."""
    form = await inside.form()
    policy = await policies.get(inside.context, inside.who, number_of(form.text("policy")))
    change = CustomerChange(policy=policy.key)
    number = number_of(form.text("customer"))
    await customers.change(inside.context, inside.who, number, change)
    return inside.redirect(HERE, "policy-chosen")


@post("/policies/meaning")
async def meaning(inside: Entered) -> Response[Any]:
    """What the fields as they are typed right now mean, for one part of the form."""
    form = await inside.form()
    group = inside.query("of")
    return inside.page(
        "policy_meaning.html",
        rules=policy_form.rules(form, inside.words),
        group=group if group in GROUPS else GROUPS[0],
        usual_timeout=DEFAULT_TIMEOUT,
    )


@get("/policies/add")
async def add_page(inside: Entered) -> Response[Any]:
    require(inside.who, Permission.MANAGE_ORGANIZATION)
    return await _form_page(inside, policy_form.empty())


@post("/policies/add")
async def add(inside: Entered) -> Response[Any]:
    form = await inside.form()
    wanted = policy_form.new(form, inside.words)
    if wanted is not None:
        try:
            await policies.add(inside.context, inside.who, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, policy_form.WANTED)
        else:
            return inside.redirect(HERE, "policy-added")
    return await _form_page(inside, form, status=422)


@get("/policies/{number:str}/edit")
async def edit_page(inside: Entered, number: PathText) -> Response[Any]:
    policy = await _changeable(inside, number)
    return await _form_page(inside, policy_form.of(policy), policy)


@post("/policies/{number:str}/edit")
async def edit(inside: Entered, number: PathText) -> Response[Any]:
    form = await inside.form()
    policy = await _changeable(inside, number)
    wanted = policy_form.change(form, inside.words)
    if wanted is not None:
        try:
            await policies.change(inside.context, inside.who, policy.id, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, policy_form.WANTED)
        else:
            return inside.redirect(HERE, "policy-changed")
    return await _form_page(inside, form, policy, status=422)


@get("/policies/{number:str}/delete")
async def ask_to_delete(inside: Entered, number: PathText) -> Response[Any]:
    policy = await _changeable(inside, number)
    return await show(inside, "policy_delete.html", HERE, policy=policy)


@post("/policies/{number:str}/delete")
async def delete(inside: Entered, number: PathText) -> Response[Any]:
    await inside.form()
    policy = await _changeable(inside, number)
    await policies.delete(inside.context, inside.who, policy.id)
    return inside.redirect(HERE, "policy-deleted")


async def _changeable(inside: Inside, number: str) -> NamedPolicy:
    require(inside.who, Permission.MANAGE_ORGANIZATION)
    return await policies.get(inside.context, inside.who, number_of(number))


def _by_policy(
    known: Sequence[NamedPolicy], theirs: Sequence[Customer]
) -> dict[int, list[Customer]]:
    return {one.id: [each for each in theirs if each.policy_id == one.id] for one in known}


async def _form_page(
    inside: Inside, form: Form, policy: NamedPolicy | None = None, status: int = 200
) -> Response[Any]:
    typed = Form({name: form.all(name) for name in form.names})
    return await show(
        inside,
        "policy_form.html",
        HERE,
        status=status,
        form=form,
        policy=policy,
        rules=policy_form.rules(typed, inside.words),
        usual_timeout=DEFAULT_TIMEOUT,
        quorums=Quorum,
        choosing=await _choosing(inside, policy),
        theirs=await _theirs(inside, policy),
    )


async def _choosing(inside: Inside, policy: NamedPolicy | None) -> list[policies.Choosing]:
    if policy is None:
        return []
    return await policies.choosing(inside.context, inside.who, policy.id)


async def _theirs(inside: Inside, policy: NamedPolicy | None) -> list[Customer]:
    if policy is None:
        return []
    listed = await customers.list_all(inside.context, inside.who)
    return [one for one in listed if one.policy_id == policy.id]


HANDLERS = (
    policy_list,
    assign,
    meaning,
    add_page,
    add,
    edit_page,
    edit,
    ask_to_delete,
    delete,
)
