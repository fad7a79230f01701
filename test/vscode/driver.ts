/** Drives a real VS Code (code-server) with the packaged extension in headless Chromium. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Frame, type Locator, type Page } from 'playwright-core';

/** Set by scripts/test.mjs: where the VS Code, the Chromium and the packaged extension are. */
const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests through \`npm test\` or \`npm run test:vscode\`.`);
  return value;
};

const calm = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  // Text arrives in one piece, as from a paste: nothing is to be added to it.
  'editor.autoClosingBrackets': 'never',
  'editor.autoIndent': 'none',
  'security.workspace.trust.startupPrompt': 'never',
};

export interface StartOptions {
  /** Folder copied as the workspace; or files by relative path. */
  readonly workspace: string | Readonly<Record<string, string | Uint8Array>>;
  /** False starts in restricted mode. */
  readonly trusted?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** User interface language, such as `zh-cn`. */
  readonly locale?: string;
  /** Folder of a further extension, loaded as under development. */
  readonly probe?: string;
}

export class VsCode {
  private constructor(
    readonly page: Page,
    /** The workspace folder, absolute. */
    readonly workspace: string,
    private readonly home: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
  ) {}

  static async start(options: StartOptions): Promise<VsCode> {
    // Short: a unix socket lives below it, and its path is limited to about 100 characters.
    const home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'ad-')));
    const workspace = path.join(home, 'ws');
    const user = path.join(home, 'u');
    const extensions = path.join(home, 'x');
    for (const folder of [workspace, path.join(user, 'User'), extensions, path.join(home, 't')])
      mkdirSync(folder, { recursive: true });
    fill(workspace, options.workspace);
    writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify({ ...calm, ...options.settings }));
    writeFileSync(path.join(home, 'c.yaml'), 'auth: none\ncert: false\n');
    const environment = cleanEnvironment(home);
    const base = [
      env('AUTODIDACT_VSCODE_ENTRY'),
      '--config',
      path.join(home, 'c.yaml'),
      '--user-data-dir',
      user,
      '--extensions-dir',
      extensions,
    ];
    execFileSync(env('AUTODIDACT_VSCODE_NODE'), [...base, '--install-extension', env('AUTODIDACT_VSIX')], {
      env: environment,
      stdio: 'pipe',
    });
    const origin = `127.0.0.1:${await freePort()}`;
    const args = [
      ...base,
      '--auth',
      'none',
      '--bind-addr',
      origin,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--disable-proxy',
      '--vscode-option',
      'enable-smoke-test-driver',
    ];
    if (options.trusted !== false) args.push('--disable-workspace-trust');
    if (options.locale) args.push('--locale', options.locale);
    const server = spawn(env('AUTODIDACT_VSCODE_NODE'), args, {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const log = createWriteStream(path.join(home, 'server.log'));
    server.stdout?.pipe(log);
    server.stderr?.pipe(log);
    let browser: Browser | undefined;
    try {
      await healthy(origin, server);
      browser = await chromium.launch({
        executablePath: env('CHROMIUM'),
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
      const context = await browser.newContext({
        viewport: options.viewport ?? { width: 1280, height: 800 },
        locale: options.locale ?? 'en-US',
      });
      const page = await context.newPage();
      await page.goto(`http://${origin}/?folder=${encodeURIComponent(workspace)}${probeQuery(origin, options.probe)}`);
      const code = new VsCode(page, workspace, home, server, browser);
      await code.restored();
      return code;
    } catch (error) {
      await browser?.close();
      await endGroup(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      throw error;
    }
  }

  /** The workbench has been laid out. */
  private async restored(): Promise<void> {
    await this.page.waitForFunction(() => 'driver' in globalThis, undefined, { timeout: 60_000 });
    await this.page.evaluate(() =>
      (globalThis as unknown as { driver: { whenWorkbenchRestored(): Promise<void> } }).driver.whenWorkbenchRestored(),
    );
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.restored();
  }

  /** Runs a command of the palette by its title, as a person does. Retries while the extension is still activating. */
  async command(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      const input = this.page.locator('.quick-input-widget:visible input[type=text]').first();
      try {
        await input.fill(`>${title}`, { timeout: 3000 });
        await this.quickPick(title, 3000);
        return;
      } catch (error) {
        if (attempt === 8) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Clicks the row of the open quick pick that contains this text, or whose texts match. */
  async quickPick(text: string | RegExp, timeout = 10_000): Promise<void> {
    const rows = this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
    await rows.filter({ hasText: text }).first().click({ timeout });
  }

  async quickInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type=text]').first();
    await input.fill(text);
    await input.press('Enter');
  }

  /** Chooses from the context menu of something. A menu takes no click in its first moments: it is clicked until it closes. */
  async contextMenu(target: Locator, title: string): Promise<void> {
    await target.click({ button: 'right' });
    const item = this.page.locator('.context-view .action-label', { hasText: title }).first();
    await item.waitFor();
    for (let attempt = 1; attempt <= 10; attempt++) {
      await item.click({ timeout: 3000 }).catch(() => undefined);
      const closed = await item.waitFor({ state: 'hidden', timeout: 1000 }).then(
        () => true,
        () => false,
      );
      if (closed) return;
    }
    throw new Error(`the context menu did not close after a click on ${title}`);
  }

  async openFile(name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type=text]').first();
    // A key that is pressed while the focus moves from one frame to another reaches nobody.
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('Control+P');
      try {
        await input.fill(name, { timeout: 3000 });
        break;
      } catch (error) {
        if (attempt === 8) throw error;
      }
    }
    await this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: path.basename(name) })
      .first()
      .click();
    await this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`).waitFor();
  }

  /** Shows the Runs view. Clicking the icon of a view that is shown would hide it. */
  async openRuns(): Promise<void> {
    const view = this.page.locator('.sidebar .composite.title', { hasText: /Autodidact/i });
    if (!(await view.isVisible()))
      await this.page.locator('.activitybar a.action-label[aria-label^="Autodidact"]').click();
    await view.waitFor();
  }

  /** The visible editor showing this file. */
  editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }

  /** Replaces the whole text of the active editor, as one edit. */
  async setText(text: string): Promise<void> {
    await this.editor().locator('.view-lines').first().click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(text);
  }

  /** The inner frame of the webview that contains this selector. */
  async webview(selector: string, timeout = 60_000): Promise<Frame> {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) {
        if (!/\/webview\/browser\/pre\/fake\.html/.test(frame.url())) continue;
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no webview contains ${selector}`);
  }

  async screenshot(name: string): Promise<void> {
    const file = path.join(import.meta.dirname, '../out', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  serverLog(): string {
    return readFileSync(path.join(this.home, 'server.log'), 'utf8');
  }

  async stop(): Promise<void> {
    await this.browser.close().catch(() => undefined);
    await endGroup(this.server);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** How VS Code in the browser is told of an extension under development. */
function probeQuery(origin: string, folder: string | undefined): string {
  if (folder === undefined) return '';
  const payload = [['extensionDevelopmentPath', `vscode-remote://${origin}${path.resolve(folder)}`]];
  return `&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function fill(folder: string, content: StartOptions['workspace']): void {
  if (typeof content === 'string') {
    cpSync(content, folder, { recursive: true });
    return;
  }
  for (const [name, text] of Object.entries(content)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Nothing of this process's npm, VS Code or proxy settings reaches the VS Code under test. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|npm_|VITEST|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    XDG_CACHE_HOME: home,
    TMPDIR: path.join(home, 't'),
  };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function healthy(origin: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`code-server ended with ${server.exitCode}`);
    const ok = await fetch(`http://${origin}/healthz`).then(
      (r) => r.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error('code-server did not answer in 30 s');
}

/** Ends the server with everything it started: extension hosts, TypeScript, terminals. */
async function endGroup(server: ChildProcess): Promise<void> {
  const group = -(server.pid as number);
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      return process.kill(group, name);
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  for (let i = 0; i < 50 && signal(0); i++) await new Promise((r) => setTimeout(r, 100));
  signal('SIGKILL');
}
