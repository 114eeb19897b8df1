"""Finds the classes of C++ sources and counts their methods and the lines of
these, as far as formatted sources need it: no preprocessor, no types."""
import collections
import re

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/|^[ ]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<text>R"(?P<mark>[^(]*)\(.*?\)(?P=mark)"
           |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
  | ~?[A-Za-z_]\w* | \d(?:[\w.]|'\w)* | :: | -> | .""", re.X | re.S | re.M)
CLOSING = {"{": "}", "(": ")", "[": "]", "<": ">"}


class Walker:
    """Walks over the declarations of a source; bodies of functions are passed
    over. `classes` are the paths of those that it defines, `functions` tuples
    (path of the class, name, whether declared there, lines of the body)."""

    def __init__(self, text, file):
        self.file = file
        self.words, self.lines = [], []
        self.classes, self.functions = [], []
        line = 1
        for x in TOKEN.finditer(text):
            if not x.group("blank"):
                self.words.append('""' if x.group("text") else x.group())
                self.lines.append(line)
            line += x.group().count("\n")
        self.scope(0, len(self.words), (), False)

    def closing(self, i):
        """Index of the bracket that closes the one at i."""
        opens, shuts, depth = self.words[i], CLOSING[self.words[i]], 0
        for j in range(i, len(self.words)):
            depth += (self.words[j] == opens) - (self.words[j] == shuts)
            if depth == 0:
                return j
            if opens == "<" and self.words[j] in (";", "{"):
                return i  # a comparison
        return len(self.words) - 1

    def find(self, i, end, stops):
        """Index of the first of stops from i on, outside of brackets."""
        while i < end and self.words[i] not in stops:
            if self.words[i] in ("(", "[", "{") or (
                    self.words[i] == "<" and self.words[i - 1] != "operator"):
                i = self.closing(i)
            i += 1
        return i

    def scope(self, i, end, path, of_class):
        while i < end:
            i = self.declaration(i, end, path, of_class) + 1

    def declaration(self, i, end, path, of_class):
        """Reads one; returns the index of its last word."""
        words = self.words
        while i + 1 < end and words[i] in ("public", "private", "protected") \
                and words[i + 1] == ":":
            i += 2
        while i < end and words[i] == "template":
            i = self.closing(i + 1) + 1
        if i >= end or words[i] in (";", "}"):
            return i
        if words[i] in ("namespace", "extern"):
            at = self.find(i, end, ("{", ";", "="))
            if at >= end or words[at] != "{":
                return self.find(at, end, (";",))
            name = "".join(words[i + 1:at]) or self.file
            inner = path if words[i] == "extern" else path + (name,)
            self.scope(at + 1, self.closing(at), inner, False)
            return self.closing(at)
        if words[i] in ("struct", "class", "union"):
            at = self.find(i, end, ("{", ";", "(", "="))
            if at < end and words[at] == "{":
                head = words[i + 1:self.find(i + 1, at, (":",))]
                name = tuple(x for x in head
                             if re.match("[A-Za-z_]", x) and x != "final") \
                    or (f"line {self.lines[i]}",)
                self.classes.append(path + name)
                self.scope(at + 1, self.closing(at), path + name, True)
                return self.find(self.closing(at) + 1, end, (";",))
        if words[i] in ("enum", "using", "typedef", "friend", "static_assert"):
            at = self.find(i, end, (";", "{"))
            if at < end and words[at] == "{" and words[i] == "friend":
                return self.closing(at)
            return self.find(at, end, (";",))
        return self.function(i, end, path, of_class)

    def function(self, i, end, path, of_class):
        """The same for a function, or for a variable."""
        words = self.words
        at = self.find(i, end, (";", "{", "(", "=", "operator"))
        first = at  # word of the name
        if at < end and words[at] == "operator":
            at = self.find(at + 1, end, ("(",))
            if words[at + 1:at + 3] == [")", "("]:
                at += 2
        else:
            first = at - 1
        if at >= end or words[at] != "(" or first < i \
                or not re.match("~?[A-Za-z_]", words[first]):
            return self.find(at, end, (";",))
        name, shut = words[first], self.closing(at)
        # After its parameters: qualifiers, then initialisers of members.
        at = self.find(shut + 1, end, (";", "{", ":"))
        if set(words[shut:at]) & {"delete", "default"}:
            return at
        if at < end and words[at] == ":":
            while True:
                at = self.closing(self.find(at + 1, end, ("(", "{"))) + 1
                if words[at] != ",":
                    break
        lines = 0
        if at < end and words[at] == "{":
            last = self.closing(at)
            lines = max(1, self.lines[last] - self.lines[at] - 1)
            at = last
        owner = self.owner(i, first)
        if of_class or owner:
            self.functions.append((path + owner, name, of_class, lines))
        return at

    def owner(self, i, first):
        """The classes before the name of a function: "a::b::" is (a, b)."""
        result, j = [], first
        while j - 2 >= i and self.words[j - 1] == "::":
            j -= 2
            if self.words[j] == ">":
                depth = 1
                while depth > 0:
                    j -= 1
                    depth += (self.words[j] == ">") - (self.words[j] == "<")
                j -= 1
            result.insert(0, self.words[j])
        return tuple(result)


class Size:
    def __init__(self):
        self.methods = 0
        self.lines = 0


def sizes(files):
    """The sizes of the classes of all these files, by path. Constructors and
    destructors are no methods, but count as lines."""
    result, known = collections.defaultdict(Size), set()
    for file in files:
        found = Walker(open(file).read(), file)
        known.update(found.classes)
        for path, name, declared, lines in found.functions:
            result[path].lines += lines
            if declared and name.lstrip("~") != path[-1]:
                result[path].methods += 1
    return {path: x for path, x in result.items() if path in known}
