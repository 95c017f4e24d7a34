"""How much work a request is: the number of queries does not grow with the number of cases, and is small."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dokodemo.administration.cases import actions, daily, queries, worklist
from dokodemo.administration.cases.models import Case
from dokodemo.city.parties import port
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor
from dokodemo.kernel.crypto import new_id
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]


def copies_of(case: Case, count: int, **changes: object) -> None:
    """Many cases like one, as years of work leave them."""
    rows = []
    for number in range(count):
        row = Case.objects.defer("answers").get(pk=case.pk)
        values = {
            field.attname: getattr(row, field.attname)
            for field in Case._meta.concrete_fields
            if field.name != "answers"
        }
        values |= {"id": new_id(), "number": f"x{number:06d}", "answers": {}, **changes}
        rows.append(Case(**values))
    Case.objects.bulk_create(rows)


def queries_of(context: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in context.captured_queries if "SAVEPOINT" not in q["sql"]]


def counted(act: object) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as context:
        act()  # type: ignore[operator]
    return queries_of(context)


def test_the_inbox_takes_as_many_queries_for_fifty_as_for_one() -> None:
    case = building.a_case()
    clerk = building.clerk()
    one = counted(lambda: worklist.inbox(clerk))
    copies_of(case, 60)
    fifty = counted(lambda: worklist.inbox(clerk))
    page = worklist.inbox(clerk)
    assert (len(page.cases), page.more, sum(page.counts.values())) == (50, True, 61)
    assert len(fifty) == len(one) == 2
    assert not any('"answers"' in sql for sql in fifty)
    assert [c.number for c in worklist.inbox(clerk, page=2).cases].__len__() == 11


def test_my_cases_take_one_look_at_the_register_for_all() -> None:
    father, _, child = building.a_family()
    actor = signed_in(father)
    case = building.a_case(actor)
    own = counted(lambda: queries.my_cases(actor))
    copies_of(case, 55)
    assert len(counted(lambda: queries.my_cases(actor))) == len(own) == 1
    copies_of(case, 1, number="y1", capacity="legal_guardian", subject_id=child.pk, applicant_id=child.pk)
    with_child = counted(lambda: queries.my_cases(actor))
    for n in range(2, 20):
        copies_of(
            case, 1, number=f"y{n}", capacity="legal_guardian", subject_id=child.pk, applicant_id=child.pk
        )
    assert len(counted(lambda: queries.my_cases(actor))) == len(with_child) <= 8
    found, more = queries.my_cases(actor)
    assert (len(found), more) == (50, True)
    assert len(counted(lambda: queries.to_do(actor))) <= 2


def applying(actor: Actor) -> dict[str, int]:
    numbers = {}
    with CaptureQueriesContext(connection) as context:
        draft = building.start(actor)
    numbers["start"] = len(queries_of(context))
    answers = draft.content["values"]
    page = {**answers, **building.ENTITLED}
    with CaptureQueriesContext(connection) as context:
        actions.save_page(actor=actor, draft_id=draft.pk, index=0, values=page)
    numbers["save_page"] = len(queries_of(context))
    building.fill(actor, draft.pk)
    with CaptureQueriesContext(connection) as context:
        actions.submit(actor=actor, draft_id=draft.pk)
    numbers["submit"] = len(queries_of(context))
    return numbers


def test_an_application_takes_few_queries() -> None:
    building.a_case(building.an_applicant())  # compiles the procedure once for the process
    actor = signed_in(building.a_neighbour())
    port.assert_contact(actor=actor, facts={"phone": "0968630000"})
    assert applying(actor) == {"start": 8, "save_page": 2, "submit": 7}


def test_the_cases_of_a_day_are_found_by_their_index() -> None:
    copies_of(building.a_case(), 30)
    today = calendar_jp.today()
    asked = counted(lambda: daily.count_days(today, today))
    assert len(asked) == 5
    if connection.vendor == "sqlite":
        of_cases = [sql for sql in asked if 'FROM "cases_case"' in sql]
        with connection.cursor() as cursor:
            for sql in of_cases:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                assert "SEARCH cases_case USING INDEX case_" in str(cursor.fetchall())
        assert len(of_cases) == 2
