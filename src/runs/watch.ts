/** Changes in a folder: the system's notices where they come, a slow look everywhere else (network disks). */
import fs from 'node:fs';

export interface FolderWatch {
  close(): void;
}

/**
 * Calls `changed` with the name of the entry (undefined when unknown or on the regular look). One call can stand for
 * many changes, and a call may be for nothing.
 */
export function watchFolder(folder: string, poll: number, changed: (name: string | undefined) => void): FolderWatch {
  let watcher: fs.FSWatcher | undefined;
  let watched: number | undefined;
  let closed = false;
  const watch = () => {
    try {
      watched = fs.statSync(folder).ino;
      watcher = fs.watch(folder, (_event, name) => changed(name ?? undefined));
      watcher.on('error', stop);
    } catch {
      // No folder yet, or no watches left on this machine: the regular look remains, and tries again.
    }
  };
  const stop = () => {
    watcher?.close();
    watcher = undefined;
  };
  watch();
  const timer = setInterval(() => {
    // A watch follows the folder it began with, also after that was removed and made again.
    fs.stat(folder, (_fault, stat) => {
      if (closed) return;
      if (stat?.ino !== watched) stop();
      watched = stat?.ino;
      if (watcher === undefined && stat !== undefined) watch();
      changed(undefined);
    });
  }, poll);
  return {
    close() {
      closed = true;
      clearInterval(timer);
      stop();
    },
  };
}
