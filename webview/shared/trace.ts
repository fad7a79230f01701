/** What was done to a picture, in words. */
import type { AppliedOp, Box, Role, Tile } from '../../src/protocol/figure.js';
import { t } from './strings.js';
import { shortValue } from './values.js';

/** The parameters drawn for one op: `brightness 1.22 · contrast 0.84`. Empty for an op without parameters. */
export const drawnText = (op: AppliedOp): string =>
  Object.entries(op.drawn)
    .map(([name, value]) => `${name} ${shortValue(value)}`)
    .join(' · ');

/** One op as a sentence for those who do not see the picture. */
function opText(op: AppliedOp): string {
  if (!op.applied) return t('{0} not applied', op.op);
  const drawn = drawnText(op);
  return drawn ? t('{0} with {1}', op.op, drawn) : op.op;
}

/** Caption, role, class, boxes and everything that was drawn: the alternative text of a tile. */
export function tileText({ caption, role, label, boxes, trace }: Tile): string {
  const parts = [caption];
  if (role && !caption.includes(roleName(role))) parts.push(roleName(role));
  if (label) parts.push(t('label {0}', label));
  if (boxes?.length) parts.push(t('boxes: {0}', boxes.map(boxText).join(', ')));
  if (trace) parts.push(...trace.map(opText));
  return parts.join('; ');
}

const boxText = ({ role, label }: Box): string => (label ? t('{0} {1}', roleName(role), label) : roleName(role));

/** What a tile or a box stands for. */
export function roleName(role: Role): string {
  switch (role) {
    case 'original':
      return t('original');
    case 'anchor':
      return t('anchor');
    case 'positive':
      return t('positive');
    case 'negative':
      return t('negative');
    case 'target':
      return t('target');
    case 'prediction':
      return t('prediction');
  }
}

/** True when this op changed the picture. */
export const wasApplied = (trace: Tile['trace'], index: number): boolean =>
  trace?.some((op) => op.index === index && op.applied) ?? false;
