/** Sentences of a paragraph, by simple rules that are the same on every machine; a mistake only moves a border. */

/** Words that a period belongs to. */
const ABBREVIATIONS = new Set(
  'mr mrs ms messrs dr prof rev st mt gen col capt lieut sgt hon esq jr sr vs etc e.g i.e cf vol no nos fig pp ch'.split(
    ' ',
  ),
);

/** An end: marks, closing quotes or brackets, then a space before what can begin a sentence; or marks of CJK texts. */
const END = /([.!?…]+["'”’»)\]]*)\s+(?=["'“‘«([_]*[\p{Lu}\p{Lo}\p{N}])|([。！？]["'”’」』）]*)\s*/gu;

/** Splits a paragraph after its sentences; white space around them is removed. */
export function sentencesOf(paragraph: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of paragraph.matchAll(END)) {
    const end = match.index + (match[1] ?? match[2] ?? '').length;
    if (match[1] === '.' && isAbbreviation(paragraph.slice(start, match.index))) continue;
    sentences.push(paragraph.slice(start, end));
    start = match.index + match[0].length;
  }
  sentences.push(paragraph.slice(start));
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

/** Whether a period after this text belongs to its last word: `Mr`, or the initial `J`. */
function isAbbreviation(text: string): boolean {
  const word = /[\p{L}.]+$/u.exec(text)?.[0] ?? '';
  return ABBREVIATIONS.has(word.toLowerCase()) || /^(\p{Lu}|(\p{L}\.)+\p{L})$/u.test(word);
}
