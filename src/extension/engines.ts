/** `Show Engines`: what can compute here, and how to get what cannot. Asked in a process of its own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { App } from './app.js';
import type { Context } from './context.js';

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

/** Where the `tensorflow` engine is installed for this extension; its processes learn of it by the environment. */
export function announceTensorflow({ extension }: Context): void {
  process.env.AUTODIDACT_TENSORFLOW ??= path.join(extension.globalStorageUri.fsPath, 'tensorflow');
}

/** Downloads @tensorflow/tfjs-node and TensorFlow into the extension's storage, after asking. */
export async function installTensorflow({ context }: App): Promise<void> {
  const install = t('Download and Install');
  const detail = t(
    'The engine "tensorflow" needs @tensorflow/tfjs-node from the npm registry and the TensorFlow library from Google, about 400 MB, each checked against a known checksum. They are kept in the storage of this extension: {0}. npm must be installed. Autodidact trains without it too.',
    process.env.AUTODIDACT_TENSORFLOW as string,
  );
  const answer = await vscode.window.showWarningMessage(
    t('Download the TensorFlow engine?'),
    { modal: true, detail },
    install,
  );
  if (answer !== install) return;
  const program = context.file('dist', 'tensorflow', 'install.mjs');
  try {
    const { stdout } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Installing the TensorFlow engine …') },
      () =>
        promisify(execFile)(context.node(), [program, '--folder', process.env.AUTODIDACT_TENSORFLOW as string], {
          env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
          maxBuffer: 2 ** 26,
          windowsHide: true,
        }),
    );
    context.log.info(stdout);
    void vscode.window.showInformationMessage(t('The TensorFlow engine is installed. Choose it in the settings.'));
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    context.log.error(stdout, stderr);
    const reason = stderr.trim().split('\n').at(-1) || (error as Error).message;
    context.report(t('The TensorFlow engine could not be installed'), new Error(reason));
  }
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
