import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Resolves when VS Code has saved that this panel is open: it saves its layout now and then, not when a window is reloaded. */
export async function layoutSaved(page: Page, panel: string): Promise<void> {
  await expect.poll(() => page.evaluate(layoutHas, panel)).toBe(true);
}

/** Runs in the page: whether the saved layout of the workbench speaks of this panel. */
async function layoutHas(panel: string): Promise<boolean> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith('vscode-web-state-db-')) continue;
    const database = await done(indexedDB.open(name));
    const store = database.transaction('ItemTable').objectStore('ItemTable');
    const saved = await done(store.get('memento/workbench.parts.editor'));
    database.close();
    if (String(saved).includes(panel)) return true;
  }
  return false;
}
