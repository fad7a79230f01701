// Finds a Chromium for tests: $CHROMIUM, one on PATH, one of Playwright's, else installs one (Playwright, else apt as root).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

function onPath() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

async function ofPlaywright() {
  const { chromium } = await import('playwright-core');
  const file = chromium.executablePath();
  return file && existsSync(file) ? file : undefined;
}

function attempt(label, command, args, options = {}) {
  try {
    console.log(`Installing Chromium: ${label} …`);
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000, ...options });
  } catch {
    console.log(`${label} did not work.`);
  }
}

/** Path of a Chromium; throws with the remedy when there is none and none can be installed. */
export async function findChromium() {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) {
    if (existsSync(CHROMIUM)) return CHROMIUM;
    throw new Error(`CHROMIUM names ${CHROMIUM}, which does not exist.`);
  }
  const found = onPath() ?? (await ofPlaywright());
  if (found) return found;
  const cli = path.join(path.dirname(new URL(import.meta.resolve('playwright-core')).pathname), 'cli.js');
  attempt('playwright install', process.execPath, [cli, 'install', 'chromium'], { timeout: 300_000 });
  const downloaded = await ofPlaywright();
  if (downloaded) return downloaded;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    attempt('apt-get update', 'apt-get', ['update', '-qq'], { env });
    attempt('apt-get install chromium', 'apt-get', ['install', '-y', '-qq', 'chromium'], { env });
    const installed = onPath();
    if (installed) return installed;
  }
  throw new Error('No Chromium found. Install one, or set CHROMIUM to the path of one, and run again.');
}
