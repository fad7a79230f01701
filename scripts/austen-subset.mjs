// Cuts the first chapters out of Jane Austen's six novels, as the R package janeaustenr has them.
// node scripts/austen-subset.mjs [R_PACKAGE = /usr/lib/R/site-library/janeaustenr] [OUT = examples/data/austen]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';

const [source = '/usr/lib/R/site-library/janeaustenr', target = 'examples/data/austen'] = process.argv.slice(2);
/** Characters of each novel: whole chapters until there are so many. */
const enough = 420_000;
/** In the order in which R keeps them: that of the names of its variables. */
const novels = [
  'Emma',
  'Mansfield Park',
  'Northanger Abbey',
  'Persuasion',
  'Pride and Prejudice',
  'Sense and Sensibility',
];

/** Lines of each novel. R's lazy-load database is a file of zlib streams beside an index of their places. */
function readNovels() {
  const index = gunzipSync(readFileSync(path.join(source, 'data/Rdata.rdx')));
  const data = readFileSync(path.join(source, 'data/Rdata.rdb'));
  const found = [];
  // In the index a place is an integer vector (type 13) of two: offset and length.
  for (let at = 0; at + 16 <= index.length; at++) {
    if (index.readUInt32BE(at) !== 13 || index.readUInt32BE(at + 4) !== 2) continue;
    const [offset, length] = [index.readUInt32BE(at + 8), index.readUInt32BE(at + 12)];
    found.push(readStrings(inflateSync(data.subarray(offset + 4, offset + length))));
  }
  return found;
}

/** A serialized character vector: a header that ends with the encoding, its length, then flags and length of each. */
function readStrings(bytes) {
  let at = bytes.indexOf('UTF-8') + 5 + 4;
  const count = bytes.readUInt32BE(at);
  at += 4;
  return Array.from({ length: count }, () => {
    const length = bytes.readInt32BE(at + 4);
    const text = bytes.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
    return text;
  });
}

/** Chapters, without their headings: lines joined to paragraphs, paragraphs apart by an empty line. */
function chaptersOf(lines) {
  const chapters = [];
  for (const line of lines) {
    if (/^(chapter|volume) /i.test(line)) {
      if (/^chapter /i.test(line)) chapters.push('');
    } else if (chapters.length > 0) chapters.push(`${chapters.pop()}${line.trim()}\n`);
  }
  return chapters.map((text) =>
    text
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '))
      .filter((paragraph) => paragraph !== '' && !/^(the end|finis)\.?$/i.test(paragraph))
      .join('\n\n'),
  );
}

mkdirSync(target, { recursive: true });
const documents = [];
for (const [i, lines] of readNovels().entries()) {
  let length = 0;
  for (const [chapter, text] of chaptersOf(lines).entries()) {
    if (length >= enough) break;
    documents.push({ name: `${novels[i]}, chapter ${chapter + 1}`, label: novels[i], text });
    length += text.length;
  }
}
const packed = gzipSync(documents.map((document) => `${JSON.stringify(document)}\n`).join(''), { level: 9 });
packed[9] = 255; // "unknown" system, so that the file is the same wherever it is made
writeFileSync(path.join(target, 'novels.jsonl.gz'), packed);
