import numpy as np

def sigmoid(z): return 1 / (1 + np.exp(-z))
def step(z): return np.where(z > 0, 1.0, 0.0)

# дано
rate = 1
X = np.array([[1, 2]])
W1 = np.array([[1, -1], [0.5, 0]])
W2 = np.array([[0.5], [1]])
y = np.array([[0]])
# а)
H = X @ W1
assert np.allclose(H, [[2, -1]], rtol=1e-9)
# б)
O = np.maximum(H, 0)
yhat = O @ W2
dL_dyhat = 2 * (yhat - y)
dL_dO = dL_dyhat @ W2.T
dL_dH = dL_dO * step(H)
dL_dX = dL_dH @ W1.T
assert np.allclose(dL_dX, [[1, 0.5]], rtol=1e-9)
# в)
assert np.allclose(O, [[2, 0]], rtol=1e-9)
# г)
assert np.allclose(dL_dH, [[1, 0]], rtol=1e-9)
# д)
assert np.allclose(yhat, [[1]], rtol=1e-9)
# е)
assert np.allclose(dL_dO, [[1, 2]], rtol=1e-9)
# ж)
L = (y - yhat) ** 2
assert np.allclose(L, 1, rtol=1e-9)
assert np.allclose(dL_dyhat, [[2]], rtol=1e-9)
# з)
dL_dW2 = O.T @ dL_dyhat
dL_dW1 = X.T @ dL_dH
W1_new = W1 - rate * dL_dW1
W2_new = W2 - rate * dL_dW2
assert np.allclose(dL_dW1, [[1, 0], [2, 0]], rtol=1e-9)
assert np.allclose(dL_dW2, [[4], [0]], rtol=1e-9)
assert np.allclose(W1_new, [[0, -1], [-1.5, 0]], rtol=1e-9)
assert np.allclose(W2_new, [[-3.5], [1]], rtol=1e-9)
# и)
z = yhat
p = sigmoid(z)
dp_dz = p * (1 - p)
assert np.allclose(p, [[0.7311]], rtol=5e-4)
assert np.allclose(dp_dz, [[0.1966]], rtol=5e-4)
# к)
C = -(y * np.log(p) + (1 - y) * np.log(1 - p))
dC_dp = (p - y) / (p * (1 - p))
assert np.allclose(C, 1.313, rtol=5e-4)
assert np.allclose(dC_dp, [[3.718]], rtol=5e-4)
# л)
dC_dz = dC_dp * p * (1 - p)
dC_dyhat = dC_dz
dC_dO = dC_dyhat @ W2.T
dC_dW2 = O.T @ dC_dyhat
dC_dH = dC_dO * step(H)
dC_dW1 = X.T @ dC_dH
W1_next = W1 - rate * dC_dW1
W2_next = W2 - rate * dC_dW2
assert np.allclose(dC_dz, [[0.7311]], rtol=5e-4)
assert np.allclose(dC_dW1, [[0.3655, 0], [0.7311, 0]], rtol=5e-4)
assert np.allclose(dC_dW2, [[1.462], [0]], rtol=5e-4)
assert np.allclose(W1_next, [[0.6345, -1], [-0.2311, 0]], rtol=5e-4)
assert np.allclose(W2_next, [[-0.9621], [1]], rtol=5e-4)
