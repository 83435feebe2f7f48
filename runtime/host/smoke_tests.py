"""The five tests that a release must pass before the old one is stopped."""

import json
import re
from collections.abc import Mapping
from typing import Any

from host.failure import HostError
from host.health import ask
from host.plan import Plan, SmokeTests
from host.state import Place
from host.visit import Visitor

USER, PASSWORD = "SMOKE_TEST_USER", "SMOKE_TEST_PASSWORD"
"""Keys of the login that the tests use: a user of the product that sees no patient but made-up ones."""

_BUNDLE = re.compile(r'src="(?P<path>/[^"]+\.js)"')


class FiveTests:
    """Health, login with refresh, the patient API, the pages with their bundle, and the certificate."""

    def __init__(self, plan: Plan, smoke: SmokeTests, *, visitor: Visitor, login: Mapping[str, str]) -> None:
        self._plan, self._smoke, self._visitor, self._login = plan, smoke, visitor, login

    def __call__(self, place: Place) -> None:
        """Run them in order.

        Raises:
            HostError: the first that failed, by name.
        """
        self._health()
        token = self._login_and_refresh()
        self._patients(token)
        self._pages(place)
        self._certificate()

    def _health(self) -> None:
        status = self._visitor.get(self._smoke.api_host, self._smoke.health_path).status
        _require(status == 200, "health", f"GET {self._smoke.health_path} said {status}")

    def _login_and_refresh(self) -> str:
        smoke = self._smoke
        if not self._login.get(USER) or not self._login.get(PASSWORD):
            raise HostError(f"smoke test login: {USER} and {PASSWORD} of the front door's secret are empty")
        login = {"username": self._login[USER], "password": self._login[PASSWORD]}
        tokens = self._tokens(smoke.login_path, login, "access", "refresh")
        renewed = self._tokens(smoke.refresh_path, {"refresh": tokens["refresh"]}, "access")
        return renewed["access"]

    def _tokens(self, path: str, body: Mapping[str, str], *keys: str) -> dict[str, str]:
        answer = self._visitor.post(self._smoke.api_host, path, body)
        # What it answered may hold a token, so it is not quoted.
        _require(answer.status == 200, "login", f"POST {path} said {answer.status}")
        found = _json(answer.text, "login", f"POST {path}")
        absent = [key for key in keys if not isinstance(found, dict) or not found.get(key)]
        _require(not absent, "login", f"POST {path} answered without {', '.join(absent)}")
        return {key: str(found[key]) for key in keys}

    def _patients(self, token: str) -> None:
        path = self._smoke.patients_path
        answer = self._visitor.get(self._smoke.api_host, path, {"Authorization": f"Bearer {token}"})
        _require(answer.status == 200, "patients", f"GET {path} said {answer.status}")
        _json(answer.text, "patients", f"GET {path}")

    def _pages(self, place: Place) -> None:
        smoke = self._smoke
        served = self._visitor.get(smoke.pages_host, "/").text
        _, released = ask(self._plan.service(smoke.pages_service), place.slot, "/")
        found, wanted = _BUNDLE.findall(served), _BUNDLE.findall(released)
        _require(bool(wanted), "pages", "the release's index.html names no bundle")
        _require(found == wanted, "pages", f"index.html names {found}, the release has {wanted}")
        for path in wanted:
            status = self._visitor.get(smoke.pages_host, path).status
            _require(status == 200, "pages", f"GET {path} said {status}")

    def _certificate(self) -> None:
        for host in dict.fromkeys((self._smoke.api_host, self._smoke.pages_host)):
            days = self._visitor.certificate_days(host)
            least = self._smoke.certificate_days
            _require(
                days >= least,
                "certificate",
                f"of {host} is valid for {days:.0f} days, not the {least} it must",
            )


def _require(good: bool, test: str, otherwise: str) -> None:
    if not good:
        raise HostError(f"smoke test {test}: {otherwise}")


def _json(text: str, test: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise HostError(f"smoke test {test}: {what} answered no JSON") from None
