"""What is taken out of a text before it leaves, and what is left alone."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.context.kinds import skipped_path
from chat.context.masking import mask
from chat.context.prompt import asked
from chat.turns.reading import is_secret

KEY = "MIIEowIBAAKCAQEAx7Rk3v\n+abc/DEF0123456789\n"
SECRETS = {
    "aws": ("aws_id = AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    "password": ("DATABASE_URL=postgres://bob:hunter2@db.example/x", "hunter2"),
    "github": ("token: ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    "openai": (
        "key sk-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst",
        "sk-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst",
    ),
    "stripe": ("stripe('sk_live_abcdefghijklmnopqrstuvwx')", "sk_live_abcdefghijklmnopqrstuvwx"),
    "slack": ("xoxb-123456789012-abcdefABCDEF", "xoxb-123456789012-abcdefABCDEF"),
    "sendgrid": (f"SG.{'a' * 22}.{'b' * 43}", f"SG.{'a' * 22}.{'b' * 43}"),
    "twilio": (f"sid AC{'0a' * 16}", f"AC{'0a' * 16}"),
    "telegram": (f"123456789:{'Ab1-_' * 7}", f"123456789:{'Ab1-_' * 7}"),
    "private_key": (f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}-----END RSA PRIVATE KEY-----", "DEF0123456789"),
    "assigned": ("const apiKey = 'q8Zr2LmXv09TbK4w';", "q8Zr2LmXv09TbK4w"),
}
#: Not by the library's patterns, and in no assignment that says what it is.
KEYS = [
    "sk-proj-9fK2mQ7xT4vL8bN1cR6yW3zP5hJ0dS2gA7eU4iO1",
    f"sk-ant-api03-{'9fK2mQ7xT4vL8bN1cR6yW3zP5hJ0dS2gA7eU4iO1' * 2}-_AA",
    "sk-or-v1-9f2a7c4e8b1d6f3a5c0e2b7d4f9a1c6e8b3d5f0a2c7e4b9d1f6a",
    "AIzaSyA9fK2mQ7xT4vL8bN1cR6yW3zP5hJ0dS2g",
    "hf_9fKamQcxTdvLebNgcRhyWizPjhJkdSlgAB",
    "gsk_9fK2mQ7xT4vL8bN1cR6yW3zP5hJ0dS2gA7eU4iO1kL5m",
]
HARMLESS = [
    "sk-ant-your-key-goes-here-0123456789",
    "class hf_model_from_the_hub_of_a_company: pass",
    'password: "Les mots de passe diffèrent"',
    '<input name="password" placeholder="Mot de passe">',
    "PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']",
    "const token = getToken()",
    'secret: "process.env.SECRET_NUMBER_1"',
    'api_key = "your-api-key-goes-here-123"',
    'integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"',
    "https://example.org:8080/a@b",
    "digest e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sk-learn is a library; eyJust kidding",
]


#: A line of a configuration, and the value in it that nobody is to see.
CONFIGURED = [
    ("POSTGRES_PASSWORD: hunter2", "hunter2"),
    ("      POSTGRES_PASSWORD: postgres  # the default", "postgres"),
    ("      - MYSQL_ROOT_PASSWORD=toor", "toor"),
    ('  REDIS_PASSWORD: "s3same"', "s3same"),
    ("[app]\nsecret_key = 9fK2mQ7xT4vL", "9fK2mQ7xT4vL"),
    ("export STRIPE_SECRET=whatever", "whatever"),
    ("DB_PASS=letmein", "letmein"),
    ("DATABASE_PASSWORD=12345", "12345"),
    ("APP_KEY=base64:2fl+Ktvkfl+Fuz4Qp/A75G2RTiWVA/ZoKZvp6fiiM10=", "2fl+Ktvkfl"),
    ("define('DB_PASSWORD','s3cr3t pass!');", "s3cr3t pass!"),
    ('define( "AUTH_KEY", "a#kd92 {}f$+<" );', "a#kd92"),
    ("headers: { Authorization: 'Bearer abc123def456' }", "abc123def456"),
    ('"Authorization": "Basic YWxpY2U6aHVudGVyMg=="', "YWxpY2U6aHVudGVyMg"),
    ("curl -H 'Authorization: Bearer q8Zr2LmX' x", "q8Zr2LmX"),
    ("password: hunter2", "hunter2"),
    ("password=P@ssw0rd!\r\nnext", "P@ssw0rd!"),
    ('{"user": "bob", "password": "hunter22"}', "hunter22"),
    ("Server=db;User=bob;Password=hunter2;", "hunter2"),
    ("token: 5f4dcc3b5aa765d61d8327deb882cf99", "5f4dcc3b5aa7"),
    ("x" * 5_000 + " secret: 'q8Zr2LmXv09TbK4w' " + "x" * 5_000, "q8Zr2LmXv09TbK4w"),
    ("const secret =\n  'q8Zr2LmXv09TbK4w';", "q8Zr2LmXv09TbK4w"),
]
#: What code, texts and examples say of secrets without telling any.
ORDINARY = [
    'password = request.POST["password"]',
    'secret_key = os.environ["X"]',
    "SECRET_KEY = env('SECRET_KEY')",
    "SECRET_KEY = settings.SECRET_KEY",
    "token: string",
    "  token: string;",
    "    password: str",
    "    token: str | None = None",
    "  API_KEY: SecretStr",
    "password = password2",
    "token = next_token",
    "token = sha256_of(value)",
    "secret = secret1",
    "  password: user.password,",
    "  password,",
    "password: yup.string().required()",
    "password: Mot de passe",
    "password = Passwort",
    'PASSWORD_FIELD = "password"',
    'RESET_TOKEN = "reset-token"',
    'ACCESS_TOKEN = "access_token"',
    "PASSWORD_MIN_LENGTH=8",
    "max_token: 4096",
    "MAX_TOKEN=4096",
    "TOKEN=$1",
    "TOKEN=$(cat token)",
    'TOKEN="$OTHER"',
    "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}",
    "POSTGRES_PASSWORD_FILE: /run/secrets/db",
    "POSTGRES_PASSWORD=changeme",
    "DB_PASSWORD=your_password_here",
    "define('DB_PASSWORD', 'password_here');",
    "define('AUTH_KEY', 'put your unique phrase here');",
    "define('DB_PASSWORD', getenv('X'));",
    "Authorization: `Bearer ${token}`",
    "Authorization: 'Bearer ' + token",
    "headers.Authorization = authorization",
    "<input type='password' name='password' autocomplete='current-password'>",
    "input[type=password] { color: red }",
    "<label for='password'>Password:</label>",
    "KEY: enter", "const key = event.key", 'key="item-1"', "--token-color: #ff00aa;", "secret: true", "token: null",
]  # fmt: skip


@pytest.mark.parametrize(("line", "value"), CONFIGURED)
def test_a_value_in_a_configuration_is_taken_out(line: str, value: str) -> None:
    masked = mask(f"first\n{line}\nlast\n")
    assert value not in masked.text
    assert masked.kinds == ("assigned",)
    assert masked.text.count("\n") == line.count("\n") + 3


@pytest.mark.parametrize("line", ORDINARY)
def test_ordinary_code_stays_as_it_is(line: str) -> None:
    assert mask(line).text == line
    assert mask(f"    {line}\nnext()\n").text == f"    {line}\nnext()\n"


NAME = st.from_regex(r"(db_|user|new|my|API_)?(password|secret|token|api_key|secretKey|PASSWORD|TOKEN)", fullmatch=True)
WORKED_OUT = st.one_of(
    st.from_regex(r"[a-z]{1,10}(\.[a-z]{1,10}){1,3}", fullmatch=True),
    st.from_regex(r"[a-z]{1,10}\([a-z]{0,10}\)", fullmatch=True),
    st.from_regex(r"[a-z]{1,10}\[[\"'][a-z]{1,10}[\"']\]", fullmatch=True),
    st.from_regex(r"await [a-z]{1,10}\(\)", fullmatch=True),
    st.from_regex(r"\$\{[A-Z_]{1,10}\}", fullmatch=True),
    st.sampled_from(["str", "string", "String", "None", "null", "true", "undefined", "number", "this.token", "props"]),
)


@given(NAME, st.sampled_from([" = ", ": ", " := ", " => "]), WORKED_OUT, st.sampled_from(["", ";", ",", " # why"]))
def test_what_is_worked_out_is_no_secret(name: str, sign: str, value: str, end: str) -> None:
    line = f"    {name}{sign}{value}{end}"
    assert mask(line).text == line


@pytest.mark.parametrize(
    "text", ["password=" * 30_000, "define('A_KEY','" * 9_000, "Authorization: Bearer " * 9_000, "_key-key" * 30_000]
)
def test_names_without_end_take_no_time(text: str) -> None:
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("line", ["const client = new Client('{}');", "curl -H {}", "K={}\n"])
def test_a_key_is_known_by_how_it_begins(key: str, line: str) -> None:
    masked = mask(line.format(key))
    assert (masked.text, masked.kinds) == (line.format("[masked:api_key]"), ("api_key",))


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_taken_out_and_named(kind: str) -> None:
    line, secret = SECRETS[kind]
    text = f"first line\n{line}\nlast line\n"
    masked = mask(text)
    assert secret not in masked.text
    assert kind in masked.kinds
    assert f"[masked:{kind}]" in masked.text
    assert masked.text.count("\n") == text.count("\n")
    assert masked.text.startswith("first line\n")
    assert masked.text.endswith("\nlast line\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert mask(text).text == text


def test_a_key_that_is_cut_off_is_masked_to_its_end() -> None:
    assert "DEF0123456789" not in mask(f"-----BEGIN PRIVATE KEY-----\n{KEY}").text


@given(st.text())
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once
    assert once.count("\n") == text.count("\n")


def test_a_text_without_secrets_does_not_load_the_library() -> None:
    code = "import sys; from chat.context.masking import mask; mask('x = 1'); print('detect_secrets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(
    "text", ["gl" * 50_000, "sk-" * 33_000, "eyJ" * 33_000, "://a:" * 20_000, "AC" + "0" * 100_000]
)
def test_what_looks_like_a_token_and_never_ends_takes_no_time(text: str) -> None:
    assert mask(text).text.count("\n") == 0  # it returns: with the library's patterns alone that takes minutes


def test_a_secret_in_a_long_line_is_found_wherever_it_stands() -> None:
    secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    for at in (0, 1690, 1705, 1980, 1999, 5000):
        line = "x " * (at // 2) + secret + " y" * 3000
        assert secret not in mask(line).text


def test_a_selection_is_masked_in_every_request_that_has_it() -> None:
    selection = {"path": "a.js", "text": "const apiKey = 'q8Zr2LmXv09TbK4w';"}
    assert "q8Zr2LmXv09TbK4w" not in asked("Que fait ceci ?", selection)


@pytest.mark.parametrize("path", [".env", ".envrc", ".env-prod", "a/prod.env", "secrets.yml", "credentials", ".npmrc",
                                  "x.pem", "id_ed25519", "k.p12", ".netrc", "conf/credentials.json"])  # fmt: skip
def test_files_of_secrets_are_neither_sent_nor_read(path: str) -> None:
    assert skipped_path(path, 10) == "secret"
    assert is_secret(path)


@pytest.mark.parametrize("path", [".env.example", ".env.sample", "env.js", "environment.py", "src/secret_santa.js"])
def test_files_that_only_sound_like_it_are(path: str) -> None:
    assert skipped_path(path, 10) != "secret"
    assert not is_secret(path)
