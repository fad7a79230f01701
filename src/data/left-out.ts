/** Saying what of a folder was not used. */
import { counted } from './splits.js';

export type Skipped = readonly { readonly name: string; readonly reason: string }[];

/** One line that counts what was left out and names the first ones; none where there is nothing. */
export function leftOut(skipped: Skipped, what: string): string[] {
  return skipped.length === 0 ? [] : [`Left out ${counted(skipped.length, what)}: ${listed(skipped)}.`];
}

/** The first ones with their reasons, and how many more. */
export function listed(skipped: Skipped): string {
  const named = skipped.slice(0, 5).map(({ name, reason }) => `${name} (${reason})`);
  const more = skipped.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
