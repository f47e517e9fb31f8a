r"""TeX read as a strict person reads it: by another grammar than the one it was written by.

    relation ::=  sum (relation sign sum)*
    sum      ::=  ["-"] term (("+" | "-") term)*
    term     ::=  product ["/" factor]  |  factor (\odot factor)+
    product  ::=  factor ((\cdot | \, | nearness) factor)*
    factor   ::=  base (^\top | ^{exponent} | ^{\odot n} | _index | ' | !)*

ln, a limit and a sum reach to the end of their product. Whatever could be read in two ways raises MisreadError: two
signs in a row, two numbers side by side, a number behind a factor without a dot, a factor that looks like a function.
"""

from __future__ import annotations

from functools import lru_cache

from keygen.checking.tex_tokens import END, TexToken
from keygen.checking.tex_tree import TokenReader, Tree
from keygen.engine.primitives import PRIMITIVES

FUNCTIONS = {r"\sigma": "sigmoid", r"\tanh": "tanh"}
AVERAGES = {"E": "expectation", "Var": "variance"}
SLANTED = {"LeakyReLU": "leaky_relu", "ELU": "elu"}
CONDITIONS = {">": "greater", r"\ge": "at_least", "=": "matches"}
OF_TWO = {r"\max": "larger", r"\min": "smaller"}
AROUND = {r"\lvert": ("abs", r"\rvert"), r"\lfloor": ("floor", r"\rfloor"), r"\lceil": ("ceil", r"\rceil")}
RELATIONS = {
    "=": "=", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\approx": "~", r"\Leftrightarrow": "<=>",
}  # fmt: skip
GREEDY = (r"\ln", r"\sum", r"\lim")
ENDS = frozenset({"+", "-", ")", "}", "]", ",", ";", "&", "/", ">", "<", "=", "|"})
END_COMMANDS = frozenset({
    r"\\", r"\odot", r"\end", r"\rVert", r"\rvert", r"\rfloor", r"\rceil", r"\le", r"\ge", r"\approx",
    r"\Leftrightarrow", r"\to",
})  # fmt: skip
BEHIND_NOTHING = frozenset({r"\sqrt"})  # commands that may stand right behind a factor


@lru_cache(maxsize=65536)
def parsed(tokens: tuple[TexToken, ...]) -> Tree:
    """The tree of a formula. Numbers are slots, counted from 0 in the order of the text.

    Raises MisreadError and UnreadError.
    """
    reader = Grammar(tokens)
    tree = reader.relation()
    if reader.next is not END:
        reader.fail("what is this?")
    return tree


def shape_of(tokens: tuple[TexToken, ...]) -> tuple[tuple[TexToken, ...], tuple[str, ...]]:
    """The tokens without the digits of their numbers, and the digits: texts that differ in digits have one tree.

    Whole one-digit numbers stay in the text, for they may be exponents and places, whose digits the grammar asks for.
    """
    numbers = tuple(token.text for token in tokens if token.kind == "number")
    return tuple(token if token.kind != "number" or token.text.isdigit() else NUMBER for token in tokens), numbers


NUMBER = TexToken("number", "0.0")


class Grammar(TokenReader):
    """One text, read from the left."""

    def group(self) -> Tree:
        """A formula in braces."""
        self.expect("{")
        tree = self.sum()
        self.expect("}")
        return tree

    def bracket(self) -> Tree:
        """What stands in round brackets: one formula, or a list of several."""
        items = self.arguments()
        return items[0] if len(items) == 1 else Tree("list", items)

    def arguments(self) -> tuple[Tree, ...]:
        """Formulas in round brackets with commas between them."""
        self.expect("(")
        items = [self.sum()]
        while self.take(","):
            items.append(self.sum())
        self.expect(")")
        return tuple(items)

    # The grammar

    def relation(self) -> Tree:
        """A sum, or several with relations between them."""
        parts, signs = [self.sum()], []
        while sign := self.take(*RELATIONS):
            signs.append(RELATIONS[sign])
            parts.append(self.sum())
        return Tree("relation", tuple(parts), tuple(signs)) if signs else parts[0]

    def sum(self) -> Tree:
        """Terms with their signs."""
        signs = [-1 if self.take("-") else 1]
        terms = [self.term()]
        while sign := self.take("+", "-"):
            signs.append(1 if sign == "+" else -1)
            terms.append(self.term())
        return terms[0] if signs == [1] else Tree("sum", tuple(terms), tuple(signs))

    def term(self) -> Tree:
        """A product of matrices and numbers, or one entry by entry."""
        if self.sees("-", "+"):
            self.fail("two signs in a row")
        greedy = self.sees(*GREEDY)
        factors = self.product()
        if self.sees("/"):
            return self.quotient(factors, greedy)
        if not self.sees(r"\odot"):
            return product_of(factors)
        if len(factors) > 1 or greedy:
            self.fail("a product beside an entrywise one")
        while self.take(r"\odot"):
            if self.sees(*GREEDY):
                factors.append(product_of(self.product()))
                break
            factors.append(self.factor())
            if self.starts():
                self.fail("a product beside an entrywise one")
        return Tree("hadamard", tuple(factors))

    def quotient(self, above: list[Tree], greedy: bool) -> Tree:
        """A fraction with a slash, which nothing stands behind."""
        self.expect("/")
        if greedy:
            self.fail("a sign that may reach over the slash")
        below = Tree("call", (self.factor(),), "ln") if self.take(r"\ln") else self.factor()
        if self.starts() or self.sees("/", r"\odot"):
            self.fail("a factor behind a slash")
        return Tree("fraction", (product_of(above), below))

    def starts(self) -> bool:
        """Whether another factor comes next, with or without a sign of multiplication."""
        if self.next is END or self.next.kind == "comma":
            return False
        return not (self.next.text in ENDS and self.next.kind == "sign") and self.next.text not in END_COMMANDS

    def product(self) -> list[Tree]:
        """Factors side by side."""
        factors: list[Tree] = []
        while True:
            if self.sees(r"\ln"):
                self.at += 1
                return [*factors, Tree("call", (product_of(self.product()),), "ln")]
            if self.sees(r"\sum", r"\lim"):
                return [*factors, self.summation() if self.sees(r"\sum") else self.limit()]
            start = self.at
            factors.append(self.factor())
            plain = self.at == start + 1 and self.tokens[start].kind == "number"
            if not self.starts():
                return factors
            self.check_nearness(plain, self.take(r"\cdot", r"\,"))

    def check_nearness(self, plain: bool, sign: str) -> None:
        """What may follow a factor without a dot; `plain`: it was a number and nothing else."""
        if self.sees("-", "+"):
            self.fail("two signs in a row")
        if sign != r"\cdot" and self.next.kind == "number":
            self.fail("a number right behind a factor")
        if sign != r"\cdot" and plain and self.sees(r"\frac") and self.plain_fraction():
            self.fail("a mixed number")
        if not sign and self.sees("("):
            self.fail("a factor that looks like a function")
        if not sign and not (self.next.kind == "name" or self.sees(*BEHIND_NOTHING) or self.next.text == "e"):
            self.fail("two factors without a sign")

    def plain_fraction(self) -> bool:
        """Whether a fraction of two numbers comes next."""
        kinds = [self.after(count).kind for count in (2, 5)]
        return kinds == ["number", "number"] and self.after(3).text == self.after(6).text == "}"

    def summation(self) -> Tree:
        """A sum over the entries that letters count."""
        self.expect(r"\sum")
        self.expect("_")
        letters = tuple(letter for letter in self.raw() if letter.isalpha())
        return Tree("sum_over", (product_of(self.product()),), letters)

    def limit(self) -> Tree:
        r"""\lim_{t \to +\infty}"""
        self.expect(r"\lim")
        self.expect("_")
        self.expect("{")
        letter = self.next.text
        self.at += 1
        self.expect(r"\to")
        toward = self.take("+", "-")
        if toward:
            self.expect(r"\infty")
        elif self.next == TexToken("number", "0"):
            self.at, self.slots = self.at + 1, self.slots + 1
            self.expect("+")
        else:
            self.unknown("where to?")
        self.expect("}")
        return Tree("limit", (product_of(self.product()),), (letter, f"{toward}oo" if toward else "0+"))

    def factor(self) -> Tree:
        """A base with its scripts."""
        token = self.next
        tree = self.base()
        raised = tree.mark == "exp" and token.text == "e"  # and no bracket around it
        scripts = scripts_in(token.text) if token.kind == "name" else {"^"} if raised else set()
        while True:
            if self.sees("^", "_"):
                script = self.take("^", "_")
                if script in scripts:
                    self.fail("a second script")  # TeX itself refuses it
                scripts = scripts | {script}
                tree = self.superscript(tree) if script == "^" else self.subscript(tree)
            elif self.take("'"):
                tree = Tree("derivative", (tree,))
            elif self.take("!"):
                tree = Tree("factorial", (tree,))
            else:
                return tree

    def superscript(self, base: Tree) -> Tree:
        """A transposition, a power entry by entry, a power."""
        if self.take(r"\top"):
            return Tree("transpose", (base,))
        if self.after(1).text == r"\top":
            self.expect("{")
            self.expect(r"\top")
            self.expect("}")
            return Tree("transpose", (base,))
        if self.after(1).text == r"\odot":
            self.expect("{")
            self.expect(r"\odot")
            exponent = self.sum()
            self.expect("}")
            return Tree("entrywise_power", (base, exponent))
        return Tree("power", (base, self.group()))

    def subscript(self, base: Tree) -> Tree:
        """The place of an entry, or the letters that count entries."""
        if self.sees("{"):
            index = self.raw()
        else:
            index = self.next.text
            self.slots += self.next.kind == "number"
            self.at += 1
        if all(part.isdigit() for part in index.split(",")):
            return Tree("pick", (base,), tuple(int(part) - 1 for part in index.split(",")))
        if not index.replace(",", "").isalpha():
            self.fail(f"an index {index!r}")
        return Tree("entry", (base,), tuple(index.replace(",", "")))

    # The leaves

    def base(self) -> Tree:
        """A factor without its scripts."""
        token = self.next
        if token.kind == "number":
            self.at, self.slots = self.at + 1, self.slots + 1
            return Tree("number", mark=self.slots - 1)
        if token.kind == "name":
            self.at += 1
            if self.sees("("):
                self.fail("a variable that looks like a function")
            return Tree("name", mark=token.text)
        if token.kind == "function":
            self.at += 1
            return Tree("named", (self.bracket(),), token.text)
        if token.text in BASES:
            return BASES[token.text](self)
        if token is END or token.text in ENDS or token.text in END_COMMANDS:
            return self.fail("no factor")
        return self.unknown("no factor")

    def call(self) -> Tree:
        """A function in its own letters."""
        name = FUNCTIONS[self.take(*FUNCTIONS)]
        return Tree("call", (self.bracket(),), name)

    def upright(self) -> Tree:
        """A function by its name: softmax, LeakyReLU with its slope, tr."""
        self.expect(r"\mathrm", r"\operatorname")
        name = self.raw()
        if name == "tr":
            return Tree("call", (self.bracket(),), "trace")
        if name == "sort":
            return self.order()
        if name in AVERAGES:
            return Tree("average", (self.bracket(),), AVERAGES[name])
        if name in PRIMITIVES:
            return Tree("call", (self.bracket(),), name)
        if name in SLANTED:
            self.expect("_")
            slope = self.group()
            return Tree("call", (self.bracket(), slope), SLANTED[name])
        return self.unknown(f"no function {name!r}")

    def logloss(self) -> Tree:
        """l(y, p)"""
        self.expect(r"\ell")
        arguments = self.arguments()
        if len(arguments) != 2:
            self.fail("a loss of an answer and a probability")
        return Tree("call", arguments, "logloss")

    def extreme(self) -> Tree:
        """max(a, b) entry by entry, max(x) of all entries; min likewise."""
        sign = self.expect(*OF_TWO)
        arguments = self.arguments()
        if len(arguments) > 2:
            self.fail("one of several")
        return Tree("call", arguments, sign[1:] if len(arguments) == 1 else OF_TWO[sign])

    def condition(self) -> Tree:
        """[a > b], [a \\ge b], [a = b], [x = \\max], [x = \\min]"""
        self.expect("[")
        tree = self.sum()
        sign = self.expect(*CONDITIONS)
        if sign == "=" and self.sees(*OF_TWO) and self.after(1).text == "]":
            found = Tree("call", (tree,), "where_" + self.expect(*OF_TWO)[1:])
        else:
            found = Tree("call", (tree, self.sum()), CONDITIONS[sign])
        self.expect("]")
        return found

    def between(self) -> Tree:
        """What stands between the bars of an absolute value, or in the brackets of whole numbers."""
        function, closing = AROUND[self.take(*AROUND)]
        tree = self.sum()
        self.expect(closing)
        return Tree("call", (tree,), function)

    def order(self) -> Tree:
        """sort(x); sort_x(h), h in the order of x; sort_x^{-1}(g), back from it."""
        back = bool(self.take("^"))
        if back and self.raw() != "-1":
            self.fail("a power of a function")
        if back or self.sees("_"):
            self.expect("_")
            by = self.group()
            return Tree("call", (self.bracket(), by), "unsorted" if back else "sorted_by")
        return Tree("call", (self.bracket(),), "sort")

    def zero(self) -> None:
        """The number 0."""
        if self.next != TexToken("number", "0"):
            self.fail("expected 0")
        self.at, self.slots = self.at + 1, self.slots + 1

    def exponential(self) -> Tree:
        """e, or e to a power."""
        self.at += 1
        if not self.take("^"):
            return Tree("e")
        self.expect("{")
        exponent = self.sum()
        self.expect("}")
        return Tree("call", (exponent,), "exp")

    def root(self) -> Tree:
        """A square root."""
        self.expect(r"\sqrt")
        return Tree("call", (self.group(),), "sqrt")

    def fraction(self) -> Tree:
        """One formula over another."""
        self.expect(r"\frac", r"\tfrac")
        return Tree("fraction", (self.group(), self.group()))

    def norm(self) -> Tree:
        """The root of the sum of squares."""
        self.expect(r"\lVert")
        tree = self.sum()
        self.expect(r"\rVert")
        return Tree("call", (tree,), "norm")

    def bold(self) -> Tree:
        """Ones; a unit e_i; any other bold letter is no formula here."""
        self.expect(r"\mathbf")
        if self.after(1) == TexToken("number", "1"):
            self.raw()
            return Tree("ones")
        if self.raw() != "e":
            self.unknown("a bold letter")
        self.expect("_")
        index = self.raw()
        return Tree("unit", mark=tuple(int(place) - 1 for place in index.split(",")))

    def environment(self) -> Tree:
        """A matrix, or cases."""
        self.expect(r"\begin")
        name = self.raw()
        if name == "cases":
            return self.cases()
        if name != "pmatrix":
            self.unknown(f"an environment {name!r}")
        rows = [[self.sum()]]
        while sign := self.take("&", r"\\"):
            if sign == "&":
                rows[-1].append(self.sum())
            else:
                rows.append([self.sum()])
        self.expect(r"\end")
        self.raw()
        return Tree("matrix", tuple(entry for row in rows for entry in row), tuple(map(len, rows)))

    def cases(self) -> Tree:
        """a, x > 0; b, x <= 0"""
        found = []
        for relation, behind in ((">", r"\\"), (r"\le", r"\end")):
            found.append(self.sum())
            self.at += self.next.text == ","
            self.expect("&")
            found.append(self.sum())
            self.expect(relation)
            self.zero()
            self.at += self.next.text == ","
            self.expect(behind)
        self.raw()
        positive, x, otherwise, again = found
        if x.kind != again.kind:
            self.fail("cases of two things")
        return Tree("cases", (positive, otherwise, x))

    def marked(self) -> Tree:
        """A box, which brackets what stands in it."""
        self.expect(r"\kgmark")
        self.raw()
        return self.group()

    def braced(self) -> Tree:
        """What stands under a brace."""
        self.expect(r"\underbrace")
        tree = self.group()
        self.expect("_")
        self.raw()
        return tree


def product_of(factors: list[Tree]) -> Tree:
    """A product; of one factor, that factor."""
    return factors[0] if len(factors) == 1 else Tree("product", tuple(factors))


@lru_cache(maxsize=4096)
def scripts_in(name: str) -> frozenset[str]:
    """The scripts that a name's sign has already, not counting those inside its braces."""
    depth, found = 0, set()
    for character in name:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character in "^_" and not depth:
            found.add(character)
    return frozenset(found)


BASES = {
    **dict.fromkeys(FUNCTIONS, Grammar.call),
    **dict.fromkeys((r"\frac", r"\tfrac"), Grammar.fraction),
    **dict.fromkeys((r"\mathrm", r"\operatorname"), Grammar.upright),
    "(": Grammar.bracket,
    "[": Grammar.condition,
    "e": Grammar.exponential,
    r"\ell": Grammar.logloss,
    **dict.fromkeys(OF_TWO, Grammar.extreme),
    **dict.fromkeys(AROUND, Grammar.between),
    r"\sqrt": Grammar.root,
    r"\lVert": Grammar.norm,
    r"\mathbf": Grammar.bold,
    r"\begin": Grammar.environment,
    r"\kgmark": Grammar.marked,
    r"\underbrace": Grammar.braced,
}
"""What a factor can begin with, apart from numbers and names."""
