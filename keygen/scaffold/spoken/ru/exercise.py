"""Один нейрон с двумя входами: что он предсказывает и как должны измениться его веса."""

from keygen.author import Given, Name, backprop, integers, network_figure, relation, squared_error

# Длины, о которых говорят формы ниже.
axes = {"input": 2}

# Данные: как каждое число выбирается для студента и какое оно на опубликованном листе.
given = {
    "x": integers("1 input", -3, 3, published=[[1, 2]], nonzero=True),
    "w": integers("input 1", -3, 3, published=[[2], [-1]], nonzero=True),
    "b": integers("", -2, 2, published=1, nonzero=True),
    "y": integers("1 1", -4, 4, published=[[3]]),
}


def computation(t):
    """Вся работа, один раз. Отсюда берутся каждая строка и каждый ответ страницы; руками ничего не вычисляется."""
    t.yhat = t.x @ t.w + t.b
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w", "b"])  # создаёт градиенты dL_dyhat, dL_dw и dL_db


# Что спрашивается в каждом пункте, по именам из вычисления.
answers = {"a": {"prediction": "yhat", "loss": "L"}, "b": {"dw": "dL_dw", "db": "dL_db"}}


def show(s):
    """Что нужно странице, кроме строк: здесь рисунок, на стрелках которого веса этого варианта."""
    inputs = [Name("x_1"), Name("x_2"), Given(1)]
    arrows = [[s.claim("w", 0, 0)], [s.claim("w", 1, 0)], [s.claim("b")]]
    return {"unit": network_figure([inputs, [s.name("yhat")]], [arrows])}


def conditions(s):
    """От чего зависят слова ключа: `%% if holds.above` в шаблонах."""
    return {"above": s.whether(relation(s.name("yhat"), ">", s.name("y")))}


def worthwhile(v):
    """Какие варианты стоят времени студента; прочие выбираются заново."""
    yield "the prediction is wrong", (v.yhat != v.y).all()
    yield "the prediction is not zero", (v.yhat != 0).all()
    yield "the two weights are not changed alike", v.dL_dw[0, 0] != v.dL_dw[1, 0]
