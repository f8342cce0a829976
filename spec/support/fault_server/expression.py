# SPDX-License-Identifier: MIT
"""As much of DynamoDB's condition and update expressions as the fault specs send.

Paths are attribute names or #tokens at the top of an item. Anything else that is not understood is
a ValidationException, so that a spec cannot rely on what is not here.
"""
import decimal
import re

TOKEN = re.compile(r"\s*([#:]?\w+|<>|<=|>=|[-+=<>(),])")
COMPARE = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}
EXACT = decimal.Context(prec=38, traps=[decimal.Inexact, decimal.Overflow, decimal.InvalidOperation])


class Invalid(Exception):
    """An expression, or an item that it does not fit: a ValidationException."""


def number(value):
    if not value or "N" not in value:
        raise Invalid("An operand in the update expression has an incorrect data type")
    return decimal.Decimal(value["N"])


def plus(a, b):
    return {"N": format(EXACT.add(number(a), number(b)).normalize(EXACT), "f")}


def minus(a, b):
    return plus(a, {"N": str(-number(b))})


def comparable(value):
    """What Python compares as DynamoDB does, for values of one type."""
    kind, inner = next(iter(value.items()))
    return decimal.Decimal(inner) if kind == "N" else inner


class Expression:
    """A text being read against an item; `item` is what paths mean."""

    def __init__(self, text, params, item):
        self.names = params.get("ExpressionAttributeNames", {})
        self.values = params.get("ExpressionAttributeValues", {})
        self.item, self.text, self.tokens, at = item, text, [], 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise Invalid("not understood: " + text[at:])
            self.tokens.append(found.group(1))
            at = found.end()

    # --- tokens ---

    def peek(self):
        return self.tokens[0].upper() if self.tokens else ""

    def take(self):
        if not self.tokens:
            raise Invalid("ends early: " + self.text)
        return self.tokens.pop(0)

    def accept(self, word):
        found = self.peek() == word
        if found:
            self.take()
        return found

    def expect(self, word):
        if not self.accept(word):
            raise Invalid("%s expected at %s" % (word, " ".join(self.tokens)))

    def name(self):
        token = self.take()
        if token[0] == "#":
            return self.names[token]
        if not re.match(r"[A-Za-z]\w*$", token):
            raise Invalid("no path: " + token)
        return token

    # --- operands ---

    def call(self):
        """The two arguments of a function: a path's name and its value, or two operands."""
        self.expect("(")
        first = self.name() if self.peek()[0] != ":" and self.tokens[1] != "(" else None
        value = self.item.get(first) if first else self.operand()
        self.expect(",")
        other = self.operand()
        self.expect(")")
        return value, other

    def operand(self):
        token = self.peek()
        if token == "IF_NOT_EXISTS":
            self.take()
            value, other = self.call()
            return other if value is None else value
        if token == "LIST_APPEND":
            self.take()
            front, back = self.call()
            return {"L": (front or self.missing())["L"] + back["L"]}
        if token[:1] == ":":
            return self.values[self.take()]
        value = self.item.get(self.name())
        return self.missing() if value is None else value

    def missing(self):
        raise Invalid("The provided expression refers to an attribute that does not exist")

    def sum(self):
        value = self.operand()
        while self.peek() in ("+", "-"):
            value = (plus if self.take() == "+" else minus)(value, self.operand())
        return value

    # --- conditions ---

    def condition(self):
        value = self.conjunction()
        while self.accept("OR"):
            value = self.conjunction() or value
        return value

    def conjunction(self):
        value = self.test()
        while self.accept("AND"):
            value = self.test() and value
        return value

    def test(self):
        if self.accept("NOT"):
            return not self.test()
        if self.accept("("):
            value = self.condition()
            self.expect(")")
            return value
        if self.peek() in ("ATTRIBUTE_EXISTS", "ATTRIBUTE_NOT_EXISTS"):
            wanted = self.take().upper() == "ATTRIBUTE_EXISTS"
            self.expect("(")
            value = self.name() in self.item
            self.expect(")")
            return value == wanted
        return self.comparison()

    def comparison(self):
        """Compares an attribute with a value; one that is missing or of another type is unlike."""
        left = self.item.get(self.name())
        compare, right = self.take(), self.values[self.take()]
        if left is None or left.keys() != right.keys():
            return compare == "<>"
        return COMPARE[compare](comparable(left), comparable(right))

    # --- updates ---

    def update(self):
        """Returns the attributes that the update sets, and the names that it removes."""
        changes, removed = {}, set()
        clauses = {"SET": self.set_one, "REMOVE": self.remove_one, "ADD": self.add_one,
                   "DELETE": self.delete_one}
        while self.tokens:
            word = self.take().upper()
            if word not in clauses:
                raise Invalid("no clause: " + word)
            clauses[word](changes, removed)
            while self.accept(","):
                clauses[word](changes, removed)
        return changes, removed

    def set_one(self, changes, _):
        name = self.name()
        self.expect("=")
        changes[name] = self.sum()

    def remove_one(self, _, removed):
        removed.add(self.name())

    def add_one(self, changes, _):
        name = self.name()
        value, old = self.values[self.take()], self.item.get(name)
        if "N" in value:
            changes[name] = plus(old or {"N": "0"}, value)
        else:
            kind, members = next(iter(value.items()))
            before = (old or {kind: []})[kind]
            changes[name] = {kind: before + [m for m in members if m not in before]}

    def delete_one(self, changes, removed):
        name = self.name()
        kind, members = next(iter(self.values[self.take()].items()))
        left = [m for m in self.item.get(name, {kind: []})[kind] if m not in members]
        if left:
            changes[name] = {kind: left}
        else:
            removed.add(name)


def holds(text, params, item):
    """Returns whether a condition, None for none, is true of an item."""
    if not text:
        return True
    expression = Expression(text, params, item)
    value = expression.condition()
    if expression.tokens:
        raise Invalid("not understood: " + " ".join(expression.tokens))
    return value


def updated(text, params, item):
    """Returns the item that an update makes of `item`, which stays as it is."""
    changes, removed = Expression(text or "", params, item).update()
    return {name: value for name, value in {**item, **changes}.items() if name not in removed}
