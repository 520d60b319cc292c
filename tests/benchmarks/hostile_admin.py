"""4,000 hostile requests to the admin, twice, from different seeds; run by hand:

.venv/bin/python -m pytest -q -s tests/benchmarks/hostile_admin.py
"""

from collections import Counter

import pytest
from django.db import transaction

from tests.desk.admin_client import signed_in
from tests.desk.hostile_desk import Generator, sent

REQUESTS = 4000


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1540, 2663])
def test_no_hostile_request_is_a_server_error(db, seed):
    client, answers, errors = signed_in(None), Counter(), []
    client.raise_request_exception = False
    for method, address, form in Generator(seed).requests(REQUESTS):
        with transaction.atomic():
            status = sent(client, method, address, form).status_code
            transaction.set_rollback(True)
        answers[status] += 1
        if status >= 500:
            errors.append((status, method, address, form))
    print(f"\nseed {seed}, {answers.total()} requests: {dict(sorted(answers.items()))}")
    print(f"{len(errors)} answered 500 or more")
    for error in errors:
        print(*error)
    assert answers.total() == REQUESTS and not errors
