/** The plugin in a real TypeScript server, in a folder with nothing but an experiment. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/previewer.js';

const text = `import { experiment, simclr } from 'autodidact';

export const method = simclr({ temperature: 0.5, });
`;

/** Speaks the protocol of tsserver: requests as lines, answers as JSON between headers. */
class Server {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (body: unknown) => void>();
  private sequence = 0;
  private received = '';

  constructor(private readonly file: string) {
    const tsserver = createRequire(import.meta.url).resolve('typescript/lib/tsserver.js');
    const plugins = ['--globalPlugins', 'autodidact-typescript-plugin', '--pluginProbeLocations', root];
    this.process = spawn(process.execPath, [tsserver, ...plugins, '--disableAutomaticTypingAcquisition']);
    this.process.stdout.setEncoding('utf8').on('data', (chunk: string) => this.receive(chunk));
  }

  open(content: string): void {
    this.send('updateOpen', { openFiles: [{ file: this.file, fileContent: content, scriptKindName: 'TS' }] });
  }

  /** The answer at a place of the text, given by what stands before it. */
  at<T>(command: string, content: string, before: string): Promise<T> {
    const lines = content.slice(0, content.indexOf(before) + before.length).split('\n');
    return this.request(command, { line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 });
  }

  request<T>(command: string, args: object = {}): Promise<T> {
    const sequence = this.send(command, { file: this.file, ...args });
    return new Promise((resolve) => this.waiting.set(sequence, resolve as (body: unknown) => void));
  }

  stop(): void {
    this.process.kill();
  }

  private send(command: string, args: object): number {
    const seq = ++this.sequence;
    this.process.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  }

  private receive(chunk: string): void {
    this.received += chunk;
    // Every message is one line after its header.
    const lines = this.received.split('\n');
    this.received = lines.pop() as string;
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const { type, request_seq, body } = JSON.parse(line);
      if (type === 'response') this.waiting.get(request_seq)?.(body);
    }
  }
}

interface Told {
  readonly text: string;
}

let server: Server;
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bare ')));
  const file = path.join(folder, 'a.ssl.ts');
  writeFileSync(file, text);
  server = new Server(file);
  server.open(text);
});
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const mistakes = async () => {
  const syntactic = await server.request<Told[]>('syntacticDiagnosticsSync');
  const semantic = await server.request<Told[]>('semanticDiagnosticsSync');
  return [...syntactic, ...semantic].map((d) => d.text);
};

describe('the plugin of the TypeScript server', () => {
  it('resolves the import where nothing is installed', async () => {
    expect(await mistakes()).toEqual([]);
  });

  it('completes the options of a factory and what can be imported', async () => {
    const names = (entries: { entries: { name: string }[] }) => entries.entries.map(({ name }) => name);
    const options = names(await server.at('completionInfo', text, 'temperature: 0.5, '));
    expect(options).toEqual(expect.arrayContaining(['projector', 'views']));
    expect(options).not.toContain('temperature');
    expect(names(await server.at('completionInfo', text, 'import { '))).toEqual(
      expect.arrayContaining(['convnet', 'experiment', 'tf']),
    );
  });

  it('shows the documentation of an option and of a factory', async () => {
    const option = await server.at<{ documentation: string; displayString: string }>(
      'quickinfo',
      text,
      'simclr({ temp',
    );
    expect(option.displayString).toContain('temperature?: number');
    expect(option.documentation).toContain('Default 0.5');
    const factory = await server.at<{ documentation: string }>('quickinfo', text, 'method = simc');
    expect(factory.documentation).toContain('NT-Xent');
  });

  it('marks a misspelt option, and other modules that are not there', async () => {
    server.open(text.replace('temperature', 'temprature'));
    expect(await mistakes()).toEqual([expect.stringContaining("'temperature'")]);
    server.open(`import { z } from 'autodidactic';\n${text}`);
    expect(await mistakes()).toEqual([expect.stringContaining("Cannot find module 'autodidactic'")]);
    server.open(text);
    expect(await mistakes()).toEqual([]);
  });
});
