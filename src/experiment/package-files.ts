/** Where the files of this package are: bundled in `dist/`, or the sources themselves when tests import them. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Whether this is the bundled program; false when tests import the sources. */
export const bundled = path.basename(here) === 'dist';
/** Root of the package: the folder with package.json. */
export const packageRoot = bundled ? path.dirname(here) : path.resolve(here, '../..');
export const distFolder = path.join(packageRoot, 'dist');
/** The module that users import as `autodidact`. */
export const runtimePath = path.join(distFolder, 'autodidact.js');
/** The data that comes with Autodidact. */
export const sampleFolder = path.join(packageRoot, 'examples/data');
