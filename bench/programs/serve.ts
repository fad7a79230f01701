/** The other side of `System`: answers calls that come in line by line. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

// biome-ignore lint/suspicious/noExplicitAny: calls come as JSON
export type Methods = Readonly<Record<string, (...args: any[]) => unknown>>;

export function serve(methods: Methods): void {
  let turn: Promise<unknown> = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { method, args } = JSON.parse(line) as { method: string; args: unknown[] };
    turn = turn.then(async () => {
      try {
        answer({ result: (await methods[method]?.(...args)) ?? null });
      } catch (error) {
        answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  process.stdin.on('end', () => process.exit(0));
}

const answer = (value: object) => writeSync(3, `${JSON.stringify(value)}\n`);
