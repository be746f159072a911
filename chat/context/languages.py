"""How definitions look in the languages of the web.  Data only: one regular expression for each, group by group a name.

Whatever matches is one line long, so that a broken or hostile file costs no more than its lines.
"""

from __future__ import annotations

import re

_ID = r"[A-Za-z_$][\w$]*"
_S = r"[ \t]*"
_PY = (
    rf"^{_S}(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)",
    rf"^{_S}(?:re_)?path\([^\n]*?\bname{_S}={_S}[\"']([\w:.-]+)",
    rf"^[ ]{{4}}({_ID}){_S}(?::[^=\n]+)?={_S}(?:models|forms|serializers)\.",
    rf"^({_ID}){_S}(?::[^=\n]+)?=(?!=)",
)
_JS = (
    (
        rf"^{_S}(?:export[ \t]+)?(?:default[ \t]+)?(?:declare[ \t]+)?(?:abstract[ \t]+)?(?:async[ \t]+)?"
        rf"(?:function{_S}\*?|class|interface|enum|namespace)[ \t]+({_ID})"
    ),
    rf"^{_S}(?:export[ \t]+)?type[ \t]+({_ID}){_S}(?:<[^=\n]*>)?{_S}=",
    rf"^(?:export[ \t]+)?(?:const|let|var)[ \t]+({_ID}){_S}(?::[^=\n]+)?=",
    (
        rf"^[ \t]+(?:export[ \t]+)?(?:const|let|var)[ \t]+({_ID}){_S}(?::[^=\n]+)?={_S}(?:async{_S})?"
        rf"(?:\([^)\n]*\)?|{_ID}){_S}(?::[^=\n]+)?(?:=>|$)"
    ),
    (
        rf"^[ \t]+(?:const|let|var)[ \t]+({_ID}){_S}={_S}(?:function|use\w+"
        r"|computed|ref|reactive|React\.|\$state|\$derived)\b"
    ),
    (
        rf"^{_S}(?:(?:public|private|protected|static|async|readonly|override|get|set)[ \t]+)*"
        rf"(?!(?:if|for|while|switch|catch|function|return|else|do|with|try|constructor)\b)#?({_ID}){_S}"
        rf"\([^;\n]*\){_S}(?::{_S}[^{{\n]+)?\{{{_S}$"
    ),
    rf"^{_S}({_ID}){_S}[:=]{_S}(?:async{_S})?(?:function|\([^)\n]*\){_S}=>)",
    rf"^(?:module\.)?exports\.({_ID}){_S}=",
    rf"^{_S}(?:app|router|server|socket|io)\.(?:get|post|put|patch|delete|use|on|all)\({_S}[\"'`]([^\"'`\n]+)",
    rf"^{_S}(?:test|it|describe)(?:\.\w+)?\({_S}[\"'`]([^\"'`\n]+)",
    rf"^[ \t]{{0,4}}(data|computed|methods|props|watch|components|mounted|created|setup){_S}[:(]",
)
_CSS = (
    rf"^{_S}(@(?:media|mixin|include|keyframes|font-face|layer|function|container|supports)\b[^{{;\n]*)",
    rf"^{_S}(--[\w-]+|\$[\w-]+){_S}:",
    rf"^{_S}([^\s@{{}}/*][^{{}};\n]*?){_S}(?:,{_S}$|\{{)",
)
_SASS = (rf"^{_S}([.#&%=+@][^:;\n]*|[a-z][\w-]*){_S}$", rf"^{_S}(\$[\w-]+){_S}:")
_HTML = (
    r"\bid\s*=\s*[\"']([\w:.{} -]+)[\"']",
    r"\{%-?\s*(?:block|macro|include|extends|url|component)\s+[\"']?([\w./-]+)",
    r"<h[1-4]\b[^>\n]*>[ \t]*([^<{\n]{2,60})",
    r"<(form|nav|header|footer|main|section|template|dialog|table|aside|script|style)\b",
    r"<([A-Z][A-Za-z0-9.]+)\b",
    r"\bclass(?:Name)?\s*=\s*[\"']([^\"'{}\n]{1,60})[\"']",
)
_PUG = (
    rf"^{_S}(?:block|mixin|include|extends|append)[ \t]+([\w./-]+)",
    rf"^{_S}([\w.\-]*#[\w\-]+)",
    rf"^{_S}(h[1-4]|form|nav|header|footer|section)\b",
)
_PHP = (
    (
        rf"^{_S}(?:(?:public|private|protected|static|final|abstract|readonly)[ \t]+)*"
        r"(?:function[ \t]+&?|class[ \t]+|interface[ \t]+|trait[ \t]+|enum[ \t]+)(\w+)"
    ),
    rf"^{_S}Route::\w+\({_S}[\"']([^\"'\n]+)",
    rf"^{_S}(?:(?:public|private|protected|static)[ \t]+)*const[ \t]+(\w+)",
)
_RUBY = (
    rf"^{_S}def[ \t]+(?:self\.)?([\w?!=]+)",
    rf"^{_S}(?:class|module)[ \t]+([\w:]+)",
    rf"^{_S}(?:scope|has_many|belongs_to|has_one)[ \t]+:(\w+)",
)
_RUST = (
    rf"^{_S}(?:pub(?:\([^)\n]*\))?[ \t]+)?(?:async[ \t]+)?(?:fn|struct|enum|trait|mod|type|const|static)[ \t]+(\w+)",
    rf"^{_S}impl(?:<[^>\n]*>)?[ \t]+([\w:<> ]+)",
)
_GO = (r"^func[ \t]+(?:\([^)\n]*\)[ \t]*)?(\w+)", r"^(?:type|var|const)[ \t]+(\w+)")
_SQL = (
    (
        r"^[ \t]*create[ \t]+(?:or[ \t]+replace[ \t]+)?(?:temp(?:orary)?[ \t]+)?(?:unique[ \t]+)?"
        r"(?:table|view|index|function|procedure|trigger|type)[ \t]+(?:if[ \t]+not[ \t]+exists[ \t]+)?[\"`\[]?([\w.]+)"
    ),
    r"^[ \t]*alter[ \t]+table[ \t]+(?:only[ \t]+)?[\"`\[]?([\w.]+)",
)
_KEYS = (r"^[ \t]{0,2}[\"']?([A-Za-z_@][\w@/. -]{0,60})[\"']?[ \t]*:",)
_TOML = (r"^\[+([^\]\n]+)\]", r"^([\w.-]+)[ \t]*=")
_HEADINGS = (r"^#{1,4}[ \t]+([^\n]{1,80})", r"^([^\n]{2,80})\n(?:===+|---+)[ \t]*$")
_SHELL = (r"^(?:function[ \t]+)?(\w+)[ \t]*\(\)", r"^(\w+)=")


def _any(patterns: tuple[str, ...], flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE | flags)


SCRIPT, STYLE, MARKUP = _any(_JS), _any(_CSS), _any(_HTML)
PATTERNS: dict[str, re.Pattern[str]] = {
    "python": _any(_PY),
    "script": SCRIPT,
    "style": STYLE,
    "sass": _any(_SASS),
    "mixed": MARKUP,
    "template": MARKUP,
    "pug": _any(_PUG),
    "php": _any(_PHP),
    "ruby": _any(_RUBY),
    "rust": _any(_RUST),
    "go": _any(_GO),
    "sql": _any(_SQL, re.IGNORECASE),
    "json": _any(_KEYS),
    "yaml": _any(_KEYS),
    "toml": _any(_TOML),
    "markdown": _any(_HEADINGS),
    "shell": _any(_SHELL),
}
#: Parts of a page in another language.
REGION = re.compile(
    r"<(script|style)\b([^>\n]*)>(.*?)(?:</\1\s*>|\Z)|\A---[ \t]*\n(.*?)\n---[ \t]*$",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
