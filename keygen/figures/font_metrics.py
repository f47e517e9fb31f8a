"""Sizes of TeX's mathematics, in em: the tables of `mathbox`. Computer Modern at 11 pt, rounded up."""

from __future__ import annotations

SCALES = (1.0, 0.73, 0.55)  # text, script and scriptscript style


def _symbols(row: str) -> frozenset[str]:
    return frozenset(row.split())


_WIDTHS = {  # em: what is that wide
    0.0: r"\displaystyle \textstyle \limits \mathstrut \!",
    0.17: r"\, \thinspace",
    0.22: r"\: \medspace \left \right",
    0.28: r", . : ; ! [ ] | \| \vert \cdot \vdots \colon \{ \} \prime ' \; \thickspace ~",
    0.34: r"i l \iota",
    0.4: r"( ) t \langle \rangle",
    0.45: r"b c r \epsilon \ell \lfloor \rfloor \lceil \rceil \big \Big \bigl \bigr \Bigl \Bigr \biggl \biggr",
    0.5: r"0 1 2 3 4 5 6 7 8 9 / j o p q s e z \% \xi \delta \theta \varepsilon \zeta \circ \ast * \star \bullet",
    0.54: r"a d g v y I \eta \rho \tau",
    0.6: r"f h k n u x \kappa \lambda \gamma \mu \nu \pi \phi \sigma \chi \upsilon \partial \vartheta",
    0.66: r"\alpha \beta \varphi \psi \omega \Gamma J S L \int \in \varsigma \varrho",
    0.75: r"w A T Z \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega \Upsilon",
    0.8: r"B C E F G O P Q R U V Y + - = < > \times \div \pm \mp \odot \oplus \otimes"
    r" \leq \geq \le \ge \neq \ne \approx \sim \equiv \propto \top \nabla \mid",
    0.92: r"m D H K N X \prod",
    1.0: r"\to \rightarrow \leftarrow \Rightarrow \mapsto \infty \quad",
    1.1: r"M W \sum",
    1.2: r"\ldots \cdots \dots \ddots",
    2.0: r"\qquad",
}
WIDTH = {symbol: width for width, row in _WIDTHS.items() for symbol in row.split()} | {r"\ ": 0.28}

ZEROS = (0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66)  # of other scripts
HOLES = "".join(chr(zero + digit) for zero in ZEROS for digit in range(10))
"""Digits that stand for others: all that a figure's labels are written with are as large."""

HEIGHTS, DEPTHS = (0.46, 0.76), (0.02, 0.26)  # of a low and a tall symbol; of one on the baseline and one below it
LOW = _symbols(
    r"a c e g m n o p q r s u v w x y z . , = \alpha \gamma \epsilon \varepsilon \eta \iota \kappa \mu \nu \pi"
    r" \rho \sigma \tau \upsilon \varphi \chi \omega \cdot \to"
)
DEEP = _symbols(
    r"f g j p q y Q ( ) [ ] | / , ; \beta \gamma \zeta \eta \mu \xi \rho \phi \varphi \chi \psi \int \sum \prod"
    r" \{ \} \| \vert \langle \rangle \leq \geq \le \ge \neq \ne"
)

BINARY = _symbols(r"+ - \cdot \times \div \pm \mp \odot \oplus \otimes \circ \ast * \star \bullet")
RELATION = _symbols(
    r"= < > : \leq \geq \le \ge \neq \ne \approx \sim \equiv \propto \in \mid \to \rightarrow \leftarrow"
    r" \Rightarrow \mapsto"
)
OPENING = _symbols(r"( [ \{ \langle , \left \bigl \Bigl")
BINARY_SPACE, RELATION_SPACE = 0.45, 0.56  # both sides together

NAMES = _symbols(r"\exp \ln \log \max \min \det \lim \sin \cos \tanh \tan \arg \sup \inf \Pr")
ACCENTS = _symbols(r"\hat \bar \tilde \dot \ddot \vec \widehat \widetilde \overline \underline")
FONTS = _symbols(r"\mathrm \mathbf \mathit \mathsf \mathcal \mathbb \boldsymbol \bm \operatorname")
TEXTS = _symbols(r"\text \textrm \textit \textbf \mbox")
FRACTIONS = _symbols(r"\frac \dfrac \tfrac")
FRAMES = {r"\boxed": 0.35, r"\fbox": 0.35, r"\kgmark": 0.2}  # what a frame adds on each side
COLORED = _symbols(r"\textcolor \kgmark")  # a colour's name or number comes before their argument

FENCES = {  # environments of rows and columns: the width of their delimiters
    "matrix": 0.0,
    "pmatrix": 1.45,
    "bmatrix": 1.1,
    "vmatrix": 0.6,
    "cases": 0.9,
    "aligned": 0.0,
    "gathered": 0.0,
}
COLUMN_SPACE, ROW = 0.95, 1.25  # between columns; the least height of a row

LETTER, WIDE_LETTER = 0.54, 0.84  # of words
WIDE = frozenset("mwmжмшщыюфЖ")
