/** The option that makes a data set smaller, for all sources that have it. */
import { z } from 'zod';

export const limitOption = (split: string, all: string) =>
  z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(`Use only the first so many ${split} pictures, 1 or more. Default ${all}.`);

/** How many of `found` samples are used, and a note where more were asked for. */
export function limited(split: string, found: number, limit: number | undefined) {
  return {
    length: Math.min(found, limit ?? found),
    notes:
      limit !== undefined && limit > found ? [`${limit} ${split} pictures were asked for; the copy has ${found}.`] : [],
  };
}
