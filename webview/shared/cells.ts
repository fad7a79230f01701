/** Cells of the matrix, and how keys move between them. */

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from a cell; undefined for keys that mean nothing here. */
export function moveCell(
  { row, column }: Cell,
  key: string,
  rows: number,
  columns: number,
  positive: number,
): Cell | undefined {
  const to = (r: number, c: number): Cell => ({
    row: Math.max(0, Math.min(rows - 1, r)),
    column: Math.max(0, Math.min(columns - 1, c)),
  });
  switch (key) {
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'PageUp':
      return to(row - 10, column);
    case 'PageDown':
      return to(row + 10, column);
    case 'Home':
      return to(row, 0);
    case 'End':
      return to(row, columns - 1);
    case 'Enter':
      return to(row, positive);
    default:
      return undefined;
  }
}
