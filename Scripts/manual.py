"""Writes the manual page from what the argument parser knows of the commands (`--experimental-dump-help`)."""
import re
import time

FRAME = r""".Sh ENVIRONMENT
Every key of the configuration is also an environment variable and an option:
.Ic heirloom config --help
lists them, and
.Pa /usr/share/doc/heirloom/docs/configuration.md
says what they mean.
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/heirloom/config.json
The configuration of the service.
.It Pa /var/lib/heirloom
The database, the master key, and the token of the admin API.
.El
.Sh EXIT STATUS
0 when the command has done its work, 1 when it has failed, and 64 for wrong usage.
.Sh EXAMPLES
Add a user to the service of the package, as root:
.Bd -literal -offset indent
runuser -u heirloom -- heirloom user add ada --config /etc/heirloom/config.json
.Ed
.Sh SEE ALSO
.Pa /usr/share/doc/heirloom ,
.Xr systemctl 1 ,
.Xr journalctl 1
"""


def page(command: dict, version: str, seconds: int) -> str:
    """A page of mdoc(7) about a command and all commands below it."""
    date = time.strftime("%B %d, %Y", time.gmtime(seconds)).replace(" 0", " ")
    name = command["commandName"]
    lines = [
        f".Dd {date}", f".Dt {name.upper()} 1", f".Os Heirloom {version}", ".Sh NAME", f".Nm {name}",
        f".Nd {lowered(command['abstract'])}", ".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar options",
        ".Sh DESCRIPTION", *paragraphs(command.get("discussion", "")), ".Sh COMMANDS",
    ]
    for subcommand in commands(command):
        lines += section(subcommand)
    return "\n".join(lines) + "\n" + FRAME


def commands(command: dict):
    """The commands that do something, in the order of the help."""
    for below in command.get("subcommands", []):
        if not below.get("shouldDisplay", True) or below["commandName"] == "help":
            continue
        if any(each["commandName"] != "help" for each in below.get("subcommands", [])):
            yield from commands(below)
        else:
            yield below


def section(command: dict) -> list[str]:
    path = " ".join([*command.get("superCommands", []), command["commandName"]])
    arguments = [each for each in command.get("arguments", []) if each.get("shouldDisplay", True)]
    # Each command has these; the introduction names --config.
    listed = [each for each in arguments if names(each) not in (["--version"], ["-h", "--help"])]
    lines = [f".Ss {text(path)}", *paragraphs(command.get("abstract", "")), *paragraphs(command.get("discussion", ""))]
    if listed:
        lines.append(".Bl -tag -width Ds")
        for argument in listed:
            lines += [f".It {title(argument)}", *described(argument)]
        lines.append(".El")
    return lines


def described(argument: dict) -> list[str]:
    found = [argument.get("abstract", ""), argument.get("discussion", "")]
    if "defaultValue" in argument and argument["kind"] == "option":
        found.append(f"The default is {argument['defaultValue']}.")
    return paragraphs(" ".join(part.strip() for part in found if part)) or ["\\&"]


def names(argument: dict) -> list[str]:
    return [("--" if each["kind"] == "long" else "-") + each["name"] for each in argument.get("names", [])]


def title(argument: dict) -> str:
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        return f"Ar {text(value)}"
    flags = " , ".join("Fl " + text(name[1:]) for name in names(argument))
    return flags + (f" Ar {text(value)}" if argument["kind"] == "option" else "")


def paragraphs(words: str) -> list[str]:
    """The sentences of a text, each on a line, with .Pp between its paragraphs."""
    lines: list[str] = []
    for line in re.split(r"\n\s*", words.strip()):
        lines += [".Pp"] if lines else []
        lines += [text(sentence) for sentence in re.split(r"(?<=[.?]) +(?=[A-Z])", line) if sentence]
    return lines


def text(words: str) -> str:
    """Text as roff reads it."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + escaped if escaped[:1] in (".", "'") else escaped


def lowered(words: str) -> str:
    return text(words[:1].lower() + words[1:].rstrip("."))
