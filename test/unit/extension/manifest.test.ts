import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandRule, commandTable } from '../../../src/extension/command-table.js';
import { root } from './strings.js';

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
    readonly views: { readonly autodidact: readonly { readonly icon: string }[] };
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly svg: string } }[] }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}
const manifest: Manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const rules = Object.entries(commandTable as Record<string, CommandRule>).filter(([, { hidden }]) => !hidden);

describe('commands', () => {
  it('are contributed and registered alike', () => {
    expect(contributes.commands.map(({ command }) => command)).toEqual(rules.map(([id]) => id));
  });

  it('are offered by the palette under the conditions of the table', () => {
    const palette = Object.fromEntries(contributes.menus.commandPalette!.map(({ command, when }) => [command, when]));
    expect(palette).toEqual(
      Object.fromEntries(rules.filter(([, { when }]) => when).map(([id, { when }]) => [id, when])),
    );
  });

  it('that execute code of the workspace are offered nowhere without trust', () => {
    const offers = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    const executing = offers.filter(({ command }) => (commandTable as Record<string, CommandRule>)[command]?.executes);
    expect(executing.length).toBeGreaterThan(10);
    expect(executing.filter(({ when }) => !/isWorkspaceTrusted/.test(when ?? ''))).toEqual([]);
  });

  it('are the only ones that menus and keys refer to', () => {
    const offers = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    expect(offers.filter(({ command }) => !(command in commandTable))).toEqual([]);
  });
});

describe('files', () => {
  it('that the manifest names are there', () => {
    const media = contributes.walkthroughs.flatMap(({ steps }) => steps.map((step) => step.media.svg));
    const named = [manifest.icon, ...contributes.views.autodidact.map(({ icon }) => icon), ...media];
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

describe('settings', () => {
  it('that are restricted without trust exist', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(restrictedConfigurations.filter((name) => !(name in contributes.configuration.properties))).toEqual([]);
    expect(restrictedConfigurations).toContain('autodidact.nodePath');
  });
});
