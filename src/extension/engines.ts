/** `Show Engines`: what can compute here, and how to get what cannot. Asked in a process of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { App } from './app.js';

const { t } = vscode.l10n;

/** What `cli.js engines --json` says of an engine. */
interface EngineReport {
  readonly name: string;
  readonly usable: boolean;
  readonly version?: string;
  readonly threads?: number;
  readonly reason?: string;
  readonly remedy?: string;
}

export async function showEngines({ context }: App): Promise<void> {
  const { stdout } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Looking at the engines …') },
    () =>
      promisify(execFile)(context.node(), [context.file('dist', 'cli.js'), 'engines', '--json'], {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        timeout: 60_000,
        windowsHide: true,
      }),
  );
  const engines = JSON.parse(stdout) as EngineReport[];
  const current = context.settings().engine;
  const items = engines.map(({ name, usable, version, threads, reason, remedy }) => ({
    label: `$(${usable ? 'pass' : 'circle-slash'}) ${name}`,
    description: [version, threads && t('threads: {0}', threads), name === current && t('set in the settings')]
      .filter(Boolean)
      .join(' · '),
    detail: usable ? t('Can be used here.') : [reason, remedy].filter(Boolean).join('. '),
  }));
  const placeHolder = t('Engines of this machine; the setting is: {0}', current);
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  if (chosen !== undefined) await vscode.commands.executeCommand('workbench.action.openSettings', 'autodidact.engine');
}
