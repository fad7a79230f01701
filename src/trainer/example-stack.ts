/** Examples of a batch, stacked along a new first axis. */
import type { Example, NdArray } from '../experiment/contracts.js';

export class ExampleStack {
  private readonly stacks = new Map<string, NdArray>();
  private rows = 0;

  /** @param count how many examples will be added. */
  constructor(private readonly count: number) {}

  /** Copies an example. Throws where its names, types or shapes are not those of the first one. */
  add(example: Example): void {
    const names = Object.keys(example);
    for (const name of names) this.put(name, example[name] as NdArray | number);
    if (names.length !== this.stacks.size) {
      const missing = [...this.stacks.keys()].filter((name) => !(name in example));
      throw new Error(`views() returned no "${missing.join('", "')}" here, but did so before in the same batch`);
    }
    this.rows++;
  }

  /** `[count, ...shape]` by name. */
  arrays(): Record<string, NdArray> {
    return Object.fromEntries(this.stacks);
  }

  private put(name: string, value: NdArray | number): void {
    const { data, shape } = typeof value === 'number' ? { data: Float32Array.of(value), shape: [] } : value;
    let stack = this.stacks.get(name);
    if (stack === undefined) {
      if (this.rows > 0) throw new Error(`views() returned "${name}" here, but not before in the same batch`);
      const Type = data.constructor as new (length: number) => NdArray['data'];
      stack = { data: new Type(this.count * data.length), shape: [this.count, ...shape] };
      this.stacks.set(name, stack);
    }
    const expected = stack.shape.slice(1);
    if (shape.join() !== expected.join() || data.constructor !== stack.data.constructor)
      throw new Error(
        `views() returned "${name}" as ${describe(data, shape)}, but as ${describe(stack.data, expected)} before; samples of a batch must agree`,
      );
    stack.data.set(data, this.rows * data.length);
  }
}

const describe = (data: NdArray['data'], shape: readonly number[]) =>
  shape.length === 0 ? 'a number' : `${data.constructor.name} [${shape.join(', ')}]`;
