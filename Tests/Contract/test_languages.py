"""The language of the pages: which one a request gets, and what the answer says about it."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from harness import PASSWORD, add_back_end, vouch
from harness.console import Console
from harness.cookies import Browser
from harness.texts import texts_without_tags

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
GERMAN = {"Accept": "text/html", "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


class GermanBrowser(Browser):
    """A browser that prefers German."""

    def request(self, method, path, body=None, *, headers=None, **options):
        return super().request(method, path, body, headers={**GERMAN, **(headers or {})}, **options)


class GermanConsole(Console):
    """The same for the console."""

    def request(self, method, path, body=None, *, headers=None, **options):
        return super().request(method, path, body, headers={**GERMAN, **(headers or {})}, **options)


class Words(HTMLParser):
    """What a page says, as far as it is not marked as English or as code."""

    VOID = {"meta", "link", "input", "br"}

    def __init__(self, page):
        super().__init__()
        self.words: set[str] = set()
        self.open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if not any(self.open):
            self.words |= {values[name] for name in ("placeholder", "aria-label", "alt") if values.get(name)}
        if tag not in self.VOID:
            self.open.append(tag == "code" or (tag != "html" and values.get("lang") == "en"))

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if not any(self.open):
            self.words.add(data.strip())


def submit(browser, path, **fields):
    return browser.post(path, urlencode(fields), headers=FORM, csrf=None)


def german(answer) -> str:
    """The text of a page that says that it is German."""
    page = answer.body.decode()
    assert '<html lang="de">' in page, answer
    assert answer.headers["Content-Language"] == "de" and answer.headers["Vary"] == "Accept-Language"
    assert answer.headers["Cache-Control"] == "no-store"
    # JSON aside, braces would be tags of the template that were not filled in.
    json = r'data-texts="[^"]*"|name="heirloom" content="[^"]*"|(?:<code>|<textarea[^>]*>)\{[^<]*'
    assert "{" not in re.sub(json, "", page)
    return page


@pytest.mark.parametrize("header, language", [
    (None, "en"), ("de", "de"), ("de-CH", "de"), ("DE;q=0.5", "de"), ("fr,de;q=0.1", "de"), ("en;q=0.4,de;q=0.5", "de"),
    ("en,de", "en"), ("fr", "en"), ("*", "en"), ("de;q=0", "en"), ("de;q=2", "en"), ("de;;q=1", "en"), ("de,ü", "en"),
    ("de" + 33 * ",fr", "en"), ("de" + 2000 * " ", "de"), ("de," + 2000 * "x", "en"),
])
def test_a_request_gets_the_language_that_it_prefers(server, header, language):
    headers = {"Accept": "text/html"} | ({"Accept-Language": header} if header is not None else {})
    for path in ("/login", "/nothing", "/inspect"):
        answer = server.get(path, headers=headers)
        if answer.status == 400:
            # Bytes that are not ASCII are refused in the headers that the service reads.
            assert header == "de,ü"
            continue
        assert f'<html lang="{language}">' in answer.body.decode()
        assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (language, "Accept-Language")


def test_every_page_is_german(make_server):
    server = make_server(user=False)
    link = re.search(r"/setup\?token=\S+", server.log)[0]
    assert "Es gibt noch keine Benutzer" in german(server.get("/login", headers=GERMAN))
    assert "Das ist nicht der Link zum Einrichten" in german(server.get("/setup?token=x", headers=GERMAN))
    assert "Ersten Benutzer anlegen" in german(server.get(link, headers=GERMAN))
    visitor = GermanBrowser(server)
    token = link.split("=")[1]
    weak = german(submit(visitor, "/setup", token=token, username="ada", password="password"))
    assert "Dieses Passwort ist zu verbreitet." in weak
    assert "1 bis 128 Bytes" in german(submit(visitor, "/setup", token=token, username="client:x", password=PASSWORD))
    created = submit(visitor, "/setup", token=token, username="ada", password=PASSWORD, remember="on")
    account = german(visitor.get(created.headers["Location"]))
    assert "Ihr Konto wurde angelegt" in account and "Noch nicht erneuert." in account
    assert 'Sie sind als <strong>ada</strong> angemeldet.' in account
    assert "Dieser Link wurde bereits verwendet" in german(server.get(link, headers=GERMAN))
    assert "Token untersuchen" in german(visitor.get("/inspect"))
    for command, title in (("reset", "Neues Passwort festlegen"), ("invite", "Willkommen")):
        path = server.command("user", command, "ada" if command == "reset" else "grace").strip()
        path = "/welcome" + path.split("/welcome")[1]
        assert title in german(visitor.get(path))
        refused = submit(GermanBrowser(server), "/welcome", token=path.split("=")[1], password="short")
        assert "Das Passwort ist kürzer als 8 Zeichen." in german(refused)
    assert "Dieser Link funktioniert nicht mehr" in german(visitor.get("/welcome?token=x"))


def test_errors_are_german_pages_and_english_documents(make_server):
    server = make_server({"loginLimits": {"perAccount": 1, "windowSeconds": 3600}})
    visitor = GermanBrowser(server)
    assert "Unter dieser Adresse gibt es keine Seite." in german(visitor.get("/nothing"))
    wrong = german(submit(visitor, "/login", username="ada", password="wrong"))
    assert "Der Benutzername oder das Passwort ist falsch." in wrong
    waiting = german(submit(visitor, "/login", username="ada", password="wrong"))
    assert re.search(r"Zu viele Versuche\. Versuchen Sie es in \d+ Sekunden noch einmal\.", waiting)
    twice = german(visitor.post("/login", "username=a&username=b", headers=FORM, csrf=None))
    # The cause is in English, and marked so.
    assert "Das ist nicht möglich" in twice and '<p class="hint" lang="en">A field appears more than once.</p>' in twice
    document = server.get("/v1/nothing", headers=GERMAN)
    assert document.json["title"] == "Not found" and "Content-Language" not in document.headers
    document = server.post("/v1/login", {"username": "ada", "password": "x"}, headers={"Accept-Language": "de"})
    assert document.json["title"] == "Too many attempts"


def test_the_account_is_german(server, user):
    chain = [server.login(user, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})]
    for _ in range(2):
        chain.append(server.rotate(chain[-1]["refresh_token"]))
    server.refresh(chain[0]["refresh_token"])
    server.rotate(server.login(user, device="Ada's")["refresh_token"])
    for tokens in [server.login(user)]:
        server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    visitor = GermanBrowser(server)
    visitor.login(user)
    page = html.unescape(german(visitor.get("/account")))
    for text in (
        "Vielleicht wurde eine Sitzung kopiert", "<h3>Firefox auf Linux</h3>",
        "ein Token wurde noch einmal verwendet",
        "Zweimal erneuert. Ein bereits verwendetes Token, 2 Generationen hinter dem neuesten, wurde gerade eben (",
        "3 Generationen von Tokens, eine davon später noch einmal verwendet", "0 noch einmal verwendet</text>",
        "Einmal erneuert, zuletzt gerade eben.", "in 14 Tagen", 'aria-label="Diese Sitzung beenden: Ada\'s"',
        "In den letzten 24 Stunden beendet", ">abgemeldet<", "Überall abmelden", "Was die Bilder zeigen",
    ):
        assert text in page, text
    for path, fields, text in (
        ("password", {"current_password": "wrong", "new_password": "x"}, "Das aktuelle Passwort ist falsch."),
        ("password", {"current_password": PASSWORD, "new_password": "x"}, "Das Passwort ist kürzer als 8 Zeichen."),
    ):
        assert text in german(submit(visitor, f"/account/{path}", csrf=visitor.csrf, **fields))
    old = german(submit(visitor, "/account/end-all", csrf="old"))
    assert "Dieses Formular ist veraltet" in old and ">Seite noch einmal öffnen</a>" in old
    ended = submit(visitor, "/account/end-all", csrf=visitor.csrf)
    assert "Alle Sitzungen wurden beendet" in german(visitor.get(ended.headers["Location"]))


@pytest.mark.parametrize("header, language", [(None, "en"), ("en", "en"), ("fr, de;q=0.5", "de"), ("fr", "en")])
def test_the_console_has_the_language_that_a_request_prefers(server, header, language):
    console = Console(server).enter()
    headers = {"Accept-Language": header} if header else {}
    for path in ("/console", "/console/enter", "/console/clients/web", "/console/clients/nobody", "/console/nothing"):
        answer = console.get(path, headers=headers)
        assert f'<html lang="{language}">' in answer.body.decode(), path
        assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (language, "Accept-Language"), path


def test_every_page_of_the_console_is_german(make_server):
    server = make_server()
    console = GermanConsole(server)
    english = texts_without_tags(0) - texts_without_tags(1)
    assert {"Go to the overview", "Signing keys", "user"} <= english

    def page(answer, *texts, status=200):
        assert answer.status == status, answer
        page = german(answer)
        for text in texts:
            assert text in html.unescape(page), text
        assert Words(page).words & english == set()

    page(console.get("/console/enter"), "Admin-Token", "Führen Sie auf dem Server")
    page(console.get(console.link()), "Die Schaltfläche meldet Sie an.", "Konsole öffnen")
    wrong = console.submit("/console/enter", csrf=None, token="wrong")
    page(wrong, "Das ist weder das Admin-Token noch ein Link der letzten fünf Minuten.", status=401)
    console.enter()
    first = server.login()
    for token in (first, server.rotate(first["refresh_token"])):
        server.rotate(token["refresh_token"])
    server.refresh(first["refresh_token"])
    subject = server.login(device="Ada's")["subject"]
    server.command("identity", "link", "ada", "https://accounts.example", "1234567890")
    vouch(server, add_back_end(server, "back-end"), subject)
    page(console.get("/console"), "Konsole von Heirloom", "Aktive Sitzungen", "Zu prüfen", "reuse_detected")
    page(console.get("/console?live=on"), "Nicht mehr alle 15 Sekunden neu laden")
    page(console.get("/console/users"), "Einen Benutzer anlegen", "aktiv", "gerade eben")
    page(console.get("/console/users?search=zz"), "Kein Benutzername beginnt mit diesem Text.")
    events = console.get("/console/events")
    page(events, "Ereignisse", ">Ereignis</th>", ">Subjekt</th>", "alle</option>", "user_created")
    page(console.get("/console/events?kind=nothing"), "Diese Art von Ereignissen gibt es nicht.", status=400)
    page(console.get("/console/keys"), "Signaturschlüssel", "nächster", "aktuell", "Schlüssel im Notfall widerrufen")
    rotated = console.submit("/console/keys/rotate", force="on")
    page(console.get(rotated.headers["Location"]), "Der nächste Schlüssel ist jetzt der aktuelle.")
    page(console.submit("/console/keys/rotate"), "Warten Sie", "oder wechseln Sie trotzdem.", status=409)
    page(console.get("/console/providers"), "Die Konfiguration nennt keinen OpenID-Anbieter")
    page(console.get("/console/clients"), "öffentlich", "vertraulich", "Darf anfordern")
    page(console.get("/console/clients/back-end"), "Berechtigung <code>", "wie beim Dienst", "back-end entfernen")
    page(console.get("/console/clients/nobody"), "Es gibt keinen Client mit diesem Namen.", status=404)
    page(console.get("/console/nothing"), "Unter dieser Adresse gibt es keine Seite.", "Zur Übersicht", status=404)
    refused = console.submit("/console/clients/web", idle_lifetime="x")
    page(refused, "Es wurde nichts geändert: <span lang=\"en\">", status=400)
    added = console.submit("/console/clients", client_id="new", confidential="on")
    page(added, "Das Geheimnis dieses Clients.", status=201)
    taken = console.submit("/console/clients", client_id="web")
    page(taken, "Einen Client mit diesem Namen gibt es schon.", status=409)
    path = f"/console/subjects/{subject}"
    page(console.get(path), "Diese Sitzung beenden: Ada's", "Sperren", "Identität verknüpfen", "ada löschen",
         "3 Generationen von Tokens")
    page(console.submit(f"{path}/link"), "Mit diesem Link lässt sich einmal ein Passwort festlegen")
    page(console.submit(f"{path}/password", password="short"), "Das Passwort ist kürzer als 8 Zeichen.", status=400)
    page(console.submit(f"{path}/rename", username="client:x"), "1 bis 128 Bytes", status=400)
    page(console.submit(f"{path}/claims", claims="["), "Die Angaben sind nicht gültig:", status=400)
    page(console.submit(f"{path}/identities", issuer="x", sub=""), "Die Identität ist nicht gültig:", status=400)
    page(console.submit(f"{path}/unlink", issuer="https://a.example", sub="1"), "keine solche Identität", status=404)
    page(console.submit(f"{path}/end", session="x"), "Es gibt keine aktive Sitzung mit dieser ID.", status=404)
    for action, text in (
        ("disable", "Der Benutzer wurde gesperrt"), ("enable", "kann sich wieder anmelden"),
        ("end-all", "Keine aktiven Sitzungen."),
    ):
        done = console.submit(f"{path}/{action}")
        page(console.get(done.headers["Location"]), text)
    page(console.get("/console/subjects/client:x"), "Es gibt kein Subjekt mit dieser ID.", status=404)
