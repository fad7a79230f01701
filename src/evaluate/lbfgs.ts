/** Value and gradient of a function at a point. */
export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Greatest number of steps. */
  readonly steps: number;
  /** Stop when no component of the gradient is greater. */
  readonly tolerance: number;
  /** Pairs of differences the curvature is taken from. Default 10. */
  readonly memory?: number;
  readonly signal?: AbortSignal;
}

/**
 * Minimizes a smooth function by L-BFGS with a backtracking line search:
 * Nocedal & Wright, "Numerical optimization", algorithms 7.4 and 7.5, and the Armijo condition (3.4).
 */
export async function lbfgs(
  start: Float64Array,
  evaluate: (point: Float64Array) => Promise<Evaluated>,
  { steps, tolerance, memory = 10, signal }: LbfgsOptions,
): Promise<Float64Array> {
  let point = start;
  let { value, gradient } = await evaluate(point);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < steps && largest(gradient) > tolerance; step++) {
    signal?.throwIfAborted();
    const direction = descent(gradient, pairs);
    const slope = dot(gradient, direction);
    // The first step has no curvature to go by, so it goes no farther than 1.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = along(point, direction, length);
    let at = await evaluate(next);
    for (let tries = 0; !(at.value <= value + 1e-4 * length * slope); tries++) {
      // Nothing lower can be seen in float32: this is the minimum.
      if (tries === 10) return point;
      length /= 2;
      next = along(point, direction, length);
      at = await evaluate(next);
    }
    const s = next.map((v, i) => v - (point[i] as number));
    const y = at.gradient.map((v, i) => v - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    point = next;
    ({ value, gradient } = at);
  }
  return point;
}

/** The direction -H g, with the inverse Hessian H approximated from the pairs (two-loop recursion). */
function descent(gradient: Float64Array, pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[]) {
  const q = gradient.map((v) => -v);
  const alphas: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!;
    const alpha = rho * dot(s, q);
    alphas[i] = alpha;
    add(q, y, -alpha);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  pairs.forEach(({ s, y, rho }, i) => {
    add(q, s, (alphas[i] as number) - rho * dot(y, q));
  });
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
function add(to: Float64Array, what: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * (what[i] as number);
}
function along(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  return point.map((v, i) => v + length * (direction[i] as number));
}
function largest(values: Float64Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
