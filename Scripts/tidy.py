#!/usr/bin/env python3
"""Checks conventions that neither the compiler nor swift-format checks. `make lint` runs it.

    Scripts/tidy.py [PATH ...]

checks the given files and folders, by default the whole project. Each finding is a line `file:line: rule: message`. The
exit status is 1 if there are findings.

A rule is a function that takes a `File` and yields pairs of a line number and a message. The decorator `@rule` lists
the files that the rule applies to and gives two examples: one with a finding in its last line and no other, and one
without findings. Every run checks the examples first, so a rule that no longer matches anything is an error. To add a
rule, add such a function.
"""
import fnmatch
import functools
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WIDTH = 120

# Libraries for other projects. All of their public declarations have doc comments.
LIBRARIES = ["Sources/TokenVerifier*/*.swift", "Sources/HeirloomClient*/*.swift"]

# Migrations that were applied to databases. A database records their checksums, so not even a comment may change.
APPLIED = "Migrations/*/000[12]_*.sql"

# Words and phrases that the project does not use, as regular expressions, and what to write instead.
REJECTED = {
    r"whoever": "name the role: the client, the user, the operator",
    r"tells?|told": "says, returns, reports; learns, receives",
    r"stands? (twice|for)": "appears more than once; means",
    r"as far as .{1,30} hears?|(hears?|heard) of": "learns of, takes effect",
    r"clothes": "say which form the value has",
    r"bell": "notifier",
    r"mended": "fixed",
    r"trouble": "say what fails",
    r"is worth no": "say what it is not used for",
    r"nobody foresaw": "unexpected",
    r"at its end": "when it ends",
    r"speaks? of": "names, lists",
    r"loot|rummage": "steal, search",
    r"contract §\S*": "cite a page of docs/",
    r"Ledger": "Transaction",
    r"\w*Mint": "…Issuer",
    r"RowNames": "RowKeys",
    r"BalkyStore|Stumble|Mishap": "FailingStore, Fault",
    r"Housekeeping": "BackgroundTasks",
    r"ConnectionBound|CrossOriginSharing": "ConnectionLimit, CORSPolicy",
}

# Names in the modules of the toolchain and of the system, as regular expressions. The names of all other modules come
# from their sources. If a file needs an import for a name that is missing here, add the name.
TOOLCHAIN = {
    "CArgon2": r"argon2\w*|Argon2_\w+|ARGON2\w*|mallopt",
    "CCrypt": r"crypt_\w+",
    "CSQLite": r"csqlite_\w+",
    "CSodium": r"sodium_\w+|crypto_pwhash\w*",
    "CPostgres": r"Libpq\w+|dl\w+|PQ\w+|PG\w+|Oid|CONNECTION_\w+",
    "Dispatch": r"[dD]ispatch\w*",
    "Foundation": "|".join([
        r"Bundle|Calendar|CharacterSet|Data|Date|FileHandle|FileManager|Host|Locale|NS\w+|Pipe|Process|ProcessInfo",
        r"Thread|TimeInterval|TimeZone|URL\w*|UUID|JSON(En|De)coder|JSONSerialization|PropertyList\w+",
        r"\w*Formatter|\w*FormatStyle|formatted|POSIXError|CocoaError|LocalizedError|ContiguousBytes|withUnsafeBytes",
        r"(adding|removing)PercentEncoding|base64EncodedString|capitalized|components|contentsOf\w*|padding",
        r"(de|pre)composedString\w+|range|replacingOccurrences|trimmingCharacters|String\((format|data|contentsOf):",
        r"abs|ceil|cos|exp|floor|log|log2|pow|sin|sqrt|malloc|free|memcmp|memcpy|strdup|errno|strerror|getenv|setenv",
        r"AF_INET6?|in6?_addr|inet_\w+|sockaddr\w*|socklen_t|getaddrinfo|freeaddrinfo|poll|pollfd|POLL\w+",
        r"open|read|write|close|fsync|flock|fopen|fread|fwrite|fclose|fputs|fflush|std(in|out|err)|isatty|tc[gs]etattr",
        r"chmod|mkdir|mkdtemp|mmap|munmap|rename|stat|umask|unlink|termios|exit|kill|signal|SIG\w+|getpid|getuid",
        r"clock_\w+|sleep|time|usleep|[gs]etrlimit|RLIMIT\w*|sysconf|_SC_\w+",
    ]),
    "GRDBSQLite": r"sqlite3\w*|SQLITE_\w+",
    "Synchronization": r"Atomic\w*|Mutex|WordPair|ordering|withLock\w*",
    "Testing": r"Issue|Suite|Tag|Test|\w*Trait|\w*TestScoping|confirmation|expect|require|withKnownIssue",
}

# Names that do not show the use of a module: keywords, and what the standard library declares.
COMMON = set("""
    any associatedtype case class default enum extension final for from func get if import in init internal is let nil
    open package private protocol public self set some static struct switch throws try var where
    Array Bool Double Error Int Int32 Int64 Set String UInt8 UInt32 UInt64
    append compactMap contains count filter first flatMap forEach hash index insert isEmpty joined keys last map max min
    next prefix rawValue reduce remove removeAll removeLast sorted split suffix values withUnsafeBytes
""".split())


class File:
    """A file of the project: its path relative to the project, its text and its lines."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    @functools.cached_property
    def code(self):
        """Swift without comments and without the text of string literals. Literals with interpolations are kept."""
        literal = r'"""\n.*?"""|"(?:\\.|[^"\\\n])*"'
        without_text = re.sub(literal, lambda found: found[0] if "(" in found[0] else '""', self.text, flags=re.S)
        return re.sub(r"//.*", "", without_text)


class Rule:
    """A check with the patterns of its files, an example that it must find, and one that it must not find."""

    def __init__(self, check, files, bad, good):
        self.name = check.__name__.replace("_", "-")
        self.check = check
        self.files = files
        self.bad = bad
        self.good = good

    def applies(self, path):
        return any(fnmatch.fnmatch(path, pattern) for pattern in self.files)

    def verify_examples(self):
        """Checks that the rule finds its bad example and nothing in its good one."""
        path = self.files[0].replace("*", "Example")
        bad, good = File(path, self.bad), File(path, self.good)
        if [line for line, _ in self.check(bad)] != [len(bad.lines)] or list(self.check(good)):
            sys.exit(f"{__file__}: the rule {self.name} does not match its examples")


RULES = []


def rule(*files, bad, good):
    def register(check):
        RULES.append(Rule(check, files, bad, good))
        return check

    return register


@rule("*.swift", "*.py", "*.sql", bad="a\n" + "b" * (WIDTH + 1), good="b" * WIDTH)
def long_line(file):
    """Code and comments fit into the width."""
    for number, line in enumerate(file.lines, 1):
        if len(line) > WIDTH:
            yield number, f"{len(line)} columns"


@rule(
    "*.md",
    bad="```\n" + "code " * 30 + "\n```\n" + "word " * 30,
    good="| " + "cell " * 30 + "|\n[a link](https://example.com/" + "a" * WIDTH + ")",
)
def long_prose(file):
    """Prose fits into the width. Code, tables and links may be longer."""
    is_code = False
    for number, line in enumerate(file.lines, 1):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code and not line.lstrip().startswith("|") and len(re.sub(r"https?://[^\s)>]*", "", line)) > WIDTH:
            yield number, f"{len(line)} columns"


@rule("*.swift", "*.py", "*.sql", "*.md", "*.mustache", bad="a\n// The caller is Told nothing.", good="// a bottle")
def rejected_word(file):
    """Comments, messages and names use the terms of the field."""
    if os.path.join(ROOT, file.path) == os.path.abspath(__file__):
        return
    for number, line in enumerate(file.lines, 1):
        for pattern, instead in REJECTED.items():
            # A pattern with capital letters is a name. The others are words, in any case.
            flags = 0 if re.search(r"[A-Z]", pattern) else re.I
            found = re.search(rf"\b(?:{pattern})(?!\w)", line, flags)
            if found:
                yield number, f"“{found[0]}” ({instead})"
                break


@rule(
    "Sources/TokenHTTP/[A-L]*", "Sources/TokenHTTP/R*", "Sources/TokenPages/*", "Sources/TokenVerifierHummingbird/*",
    bad='a.split(separator: ";")', good='a.utf8.split(separator: UInt8(ascii: ";"))')
def text_of_the_wire(file):
    """What arrives is split and compared as bytes: a String compares by canonical equivalence."""
    for number, line in enumerate(file.lines, 1):
        found = re.search(r'\.(split\(separator: "|components\(separatedBy|localized|trimmingCharacters)', line)
        if found:
            yield number, f"{found[0]} on text; use its utf8"


DECLARATION = r"(?:func|init|subscript|var|let|struct|class|enum|protocol|actor|typealias|macro|case|associatedtype)\b"


@rule(*LIBRARIES, bad="/// A.\npublic enum A {\n    case b", good="/// A.\n@frozen\npublic enum A {\n    func b() {}")
def undocumented_public(file):
    """Every public declaration has a doc comment, as has every case and requirement of a public type."""
    # The public enums and protocols around the line: the indentation of their members, and what is public in them.
    enclosing = []
    for number, line in enumerate(file.lines, 1):
        indent = len(line) - len(line.lstrip())
        while enclosing and line.strip() and indent < enclosing[-1][0]:
            enclosing.pop()
        public = re.match(rf"\s*(?:@\w+(?:\(.*?\))? )*(?:public|open) (?:\w+ )*?({DECLARATION})", line)
        inherits = enclosing and indent == enclosing[-1][0] and re.match(enclosing[-1][1], line)
        if (public or inherits) and not has_doc_comment(file.lines, number - 1):
            yield number, line.strip()[:60]
        if public and public[1] in ("enum", "protocol") and not line.rstrip().endswith("}"):
            member = r"(?:indirect )?case\b" if public[1] == "enum" else rf"(?:(?:static|mutating) )*{DECLARATION}"
            enclosing.append((indent + 4, r"\s*" + member))


def has_doc_comment(lines, index):
    """Whether a doc comment precedes the declaration at `index`, or its attributes."""
    index -= 1
    while index >= 0 and lines[index].lstrip().startswith("@"):
        index -= 1
    return index >= 0 and lines[index].lstrip().startswith("///")


@rule("*.swift", bad="extension Other {}", good="extension Example {}")
def file_name(file):
    """A file is named after a type that it declares or extends: `Type.swift`, `Type+Concern.swift`."""
    stem = os.path.basename(file.path).removesuffix(".swift")
    name = stem.split("+")[0]
    if stem in ("Package", "main"):
        return
    if not re.search(rf"\b(?:struct|class|enum|actor|protocol|typealias|extension) (?:\w+\.)*{name}\b", file.code):
        yield 1, f"declares and extends no type {name}"


@rule(
    "*.swift",
    bad="let a = JSON.null // Mutex\nimport StrictCoding\nimport Synchronization",
    good="import StrictCoding\nimport Synchronization\nlet a = Mutex(JSON.null)",
)
def unused_import(file):
    """A file uses a name of each module that it imports.

    Compares the names of types, members and functions, not what they refer to. So it misses an unused import if another
    thing in the file has the name of a declaration of the module. It does not report an import that is used."""
    if file.path == "Package.swift":
        return
    body = re.sub(r"^.*\bimport \w+.*$", "", file.code, flags=re.M)
    words = set(re.findall(r"\b[A-Z]\w*|(?<=\.)\w+|(?<=\.\$)\w+|\w+(?=\s*[({])", body))
    for number, line in enumerate(file.lines, 1):
        found = re.match(r"(?P<prefix>(?:@\w+ |\w+ )*)import (?:\w+ )?(?P<module>\w+)", line)
        if not found or "@_exported" in found["prefix"]:
            continue
        module = found["module"]
        if module in TOOLCHAIN:
            is_used = re.search(rf"(?<!\w)(?:{TOOLCHAIN[module]})(?!\w)", body)
        else:
            names, initializers = exported_names(module, "@testable" in found["prefix"])
            if not names:
                yield number, f"the sources of {module} are missing: run `make build`, or add the module to TOOLCHAIN"
                continue
            is_used = words & names or any(re.search(pattern, body) for pattern in initializers)
            # The method GET is spelled like a keyword.
            is_used = is_used or module == "HTTPTypes" and re.search(r"\(\.get,", body)
        if not is_used:
            yield number, f"nothing of {module} is used"


@functools.cache
def exported_names(module, is_testable=False):
    """The names that a module declares or exports again, and patterns of the initializers that it adds to other types.

    Reads the sources of the module, in this project or in the checkouts of its dependencies."""
    checkouts = os.path.join(ROOT, ".build", "checkouts")
    packages = os.listdir(checkouts) if os.path.isdir(checkouts) else []
    folders = [os.path.join(ROOT, module), os.path.join(ROOT, "Sources", module)]
    for package in packages:
        folders += [os.path.join(checkouts, package, "Sources", module), os.path.join(checkouts, package, module)]
    names, initializers = set(), set()
    for path in swift_files(folders):
        with open(path, encoding="utf-8") as source:
            code = File(path, source.read()).code
        is_all = is_testable or "public extension" in code
        access = "" if is_all else r"\b(?:public|package|open)\b[^\n={]*?"
        names.update(re.findall(rf"{access}\b{DECLARATION}\s+`?(\w+)", code))
        for cases in re.findall(r"^\s*(?:indirect )?case (\w.*[^:\n])$", code, re.M):
            names.update(re.findall(r"(?:^|,)\s*`?(\w+)", cases))
        # The requirements of protocols have no access modifier.
        names.update(re.findall(r"^\s*(?:static |mutating )*(?:func|var) (\w+)(?:[^{\n]*|.*\{ get.*)$", code, re.M))
        for extended, body in re.findall(r"^(?:public )?extension ([\w.]+)(.*?)^\}", code, re.M | re.S):
            for label in re.findall(r"\binit\??\(\s*(\w+)", body):
                initializers.add(rf"\b{extended.split('.')[-1]}\(\s*{label}:")
        for other in re.findall(r"^@_exported import (?:\w+ )?(\w+)", code, re.M):
            if other != module and other not in TOOLCHAIN:
                more_names, more_initializers = exported_names(other)
                names |= more_names
                initializers |= more_initializers
    return names - COMMON, initializers


def swift_files(folders):
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (os.path.join(parent, name) for name in names if name.endswith(".swift"))


def project_files(paths):
    """The files below some paths, relative to the project. Skips hidden folders."""
    for path in paths:
        path = os.path.abspath(path)
        if os.path.isfile(path):
            yield os.path.relpath(path, ROOT)
        for parent, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            yield from (os.path.relpath(os.path.join(parent, name), ROOT) for name in sorted(names))


def main(arguments):
    for each in RULES:
        each.verify_examples()
    findings = 0
    unused = set(RULES)
    for path in project_files(arguments or [ROOT]):
        rules = [each for each in RULES if each.applies(path)]
        if not rules or fnmatch.fnmatch(path, APPLIED):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8") as source:
            file = File(path, source.read())
        for each in rules:
            unused.discard(each)
            for line, message in each.check(file):
                print(f"{path}:{line}: {each.name}: {message}")
                findings += 1
    if not arguments and unused:
        sys.exit(f"{__file__}: no file to check for " + ", ".join(sorted(each.name for each in unused)))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
