/**
 * The commands as data: which there are, when the palette offers them, and whether they execute code of the workspace.
 * package.json repeats the conditions, because VS Code reads them before it loads an extension; a test compares the two.
 */

export interface CommandRule {
  /** When the palette offers it; undefined means always. */
  readonly when?: string;
  /** Not in package.json at all: for tests and benchmarks. */
  readonly hidden?: true;
  /** Refused in a workspace that is not trusted. */
  readonly executes?: true;
}

const trusted = 'isWorkspaceTrusted';
const experiments = `${trusted} && autodidact.hasExperiments`;

export const commandTable = {
  'autodidact.train': { when: experiments, executes: true },
  'autodidact.debug': { when: experiments, executes: true },
  'autodidact.preview': { when: experiments, executes: true },
  'autodidact.pairs': { when: experiments, executes: true },
  'autodidact.charts': { when: 'autodidact.hasRuns' },
  'autodidact.newExperiment': { when: 'workspaceFolderCount > 0' },
  'autodidact.pauseRun': { when: `${trusted} && autodidact.canPause`, executes: true },
  'autodidact.resumeRun': { when: `${trusted} && autodidact.canResume`, executes: true },
  'autodidact.stopRun': { when: `${trusted} && autodidact.canStop`, executes: true },
  'autodidact.openRunSource': { when: 'autodidact.hasRuns' },
  'autodidact.compareRunSource': { when: 'autodidact.hasRuns' },
  'autodidact.revealRunFolder': { when: 'autodidact.hasRuns' },
  'autodidact.renameRun': { when: 'autodidact.hasRuns' },
  'autodidact.deleteRun': { when: 'autodidact.hasRuns || autodidact.hasUnreadableRuns' },
  'autodidact.compareRuns': { when: 'autodidact.hasSeveralRuns' },
  'autodidact.openRunLog': { when: 'autodidact.hasRuns' },
  'autodidact.refreshRuns': { when: 'autodidact.active' },
  'autodidact.showActiveRuns': { when: 'autodidact.canStop' },
  'autodidact.showEngines': { when: trusted, executes: true },
  'autodidact.installTensorflow': { when: trusted, executes: true },
  'autodidact.showLog': {},
  'autodidact.internal.measurements': { hidden: true },
} as const satisfies Readonly<Record<string, CommandRule>>;

export type CommandId = keyof typeof commandTable;
