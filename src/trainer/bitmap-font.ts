/** A font of 5 x 7 pixels and two rows for what hangs below the line: enough to write numbers and words into picture files. */

/** Width and height of a character cell, the gaps to the next one included. */
export const cellWidth = 6;
export const cellHeight = 11;
const rows = 9;

/** Characters in the order of their pictures, which stand side by side in cells of six columns. */
const bands: readonly (readonly [characters: string, picture: string])[] = [
  [
    'ABCDEFGHIJKLMNOPQR',
    `
 ###  ####   ###  ####  ##### #####  ###  #   #  ###    ### #   # #     #   # #   #  ###  ####   ###  ####
#   # #   # #   # #   # #     #     #   # #   #   #      #  #  #  #     ## ## ##  # #   # #   # #   # #   #
#   # #   # #     #   # #     #     #     #   #   #      #  # #   #     # # # ##  # #   # #   # #   # #   #
##### ####  #     #   # ####  ####  # ### #####   #      #  ##    #     # # # # # # #   # ####  #   # ####
#   # #   # #     #   # #     #     #   # #   #   #      #  # #   #     #   # #  ## #   # #     # # # # #
#   # #   # #   # #   # #     #     #   # #   #   #   #  #  #  #  #     #   # #  ## #   # #     #  #  #  #
#   # ####   ###  ####  ##### #      #### #   #  ###   ##   #   # ##### #   # #   #  ###  #      ## # #   #

`,
  ],
  [
    'STUVWXYZabcdefghij',
    `
 #### ##### #   # #   # #   # #   # #   # #####       #               #         ##        #       #      #
#       #   #   # #   # #   # #   # #   #     #       #               #        #  #       #
#       #   #   # #   # #   #  # #   # #     #   ###  ####   ####  ####  ###   #     #### ####   ##     ##
 ###    #   #   # #   # # # #   #     #     #       # #   # #     #   # #   # ####  #   # #   #   #      #
    #   #   #   #  # #  # # #  # #    #    #     #### #   # #     #   # #####  #    #   # #   #   #      #
    #   #   #   #  # #  ## ## #   #   #   #     #   # #   # #     #   # #      #    #   # #   #   #      #
####    #    ###    #   #   # #   #   #   #####  #### ####   ####  ####  ###   #     #### #   #  ###     #
                                                                                        #             #  #
                                                                                     ###               ##`,
  ],
  [
    'klmnopqrstuvwxyz01',
    `
#      ##                                              #                                         ###    #
#       #                                              #                                        #   #  ##
#  #    #   ## #  ####   ###  ####   #### # ##   #### ####  #   # #   # #   # #   # #   # ##### #  ##   #
# #     #   # # # #   # #   # #   # #   # ##  # #      #    #   # #   # # # #  # #  #   #    #  # # #   #
##      #   # # # #   # #   # #   # #   # #      ###   #    #   # #   # # # #   #   #   #   #   ##  #   #
# #     #   # # # #   # #   # #   # #   # #         #  #  # #  ##  # #  # # #  # #  #   #  #    #   #   #
#  #   ###  # # # #   #  ###  ####   #### #     ####    ##   ## #   #    # #  #   #  #### #####  ###   ###
                              #         #                                               #
                              #         #                                            ###`,
  ],
  [
    '23456789!"#$%&\'()*',
    `
 ###   ###     #  #####   ##  #####  ###   ###    #    # #   # #    #   ##  #  ##     #      #   #
#   # #   #   ##  #      #        # #   # #   #   #    # #   # #   #### ##  # #  #    #     #     #     #
    #     #  # #  ####  #        #  #   # #   #   #    # #  ##### # #      #  #  #    #    #       #  # # #
  ##    ##  #  #      # ####     #   ###   ####   #          # #   ###    #    ##          #       #   ###
 #        # #####     # #   #   #   #   #     #   #         #####   # #  #    # # #        #       #  # # #
#     #   #    #  #   # #   #   #   #   #    #               # #  ####  #  ## #  #          #     #     #
#####  ###     #   ###   ###    #    ###   ##     #          # #    #   #  ##  ## #          #   #

`,
  ],
  [
    '+,-./:;<=>?@[\\]^_`',
    `
                            #                #         #     ###   ###   ###  #      ###    #          #
  #                         #  ##    ##     #           #   #   # #   #  #    #        #   # #          #
  #                        #   ##    ##    #    #####    #      # # ###  #     #       #  #   #          #
#####       #####         #               #               #   ##  # # #  #      #      #
  #                      #     ##          #    #####    #    #   # ###  #       #     #
  #    ##          ##   #      ##    ##     #           #         #      #        #    #
       ##          ##   #            ##      #         #      #    ###   ###      #  ###
        #                             #                                                         #####
       #                             #`,
  ],
  [
    '{|}~°×·→↓σ',
    `
  ##    #    ##          ##                       #
 #      #      #        #  #  #   #         #     #
 #      #      #   #    #  #   # #           #    #    ####
#       #       # # # #  ##     #    ##   #####   #   #  #
 #      #      #     #         # #   ##      #  # # # #   #
 #      #      #              #   #         #    ###  #   #
  ##    #    ##                                   #    ###

`,
  ],
];

/** For each character, its rows as bits, the leftmost pixel highest. */
const glyphs = new Map(
  bands.flatMap(([characters, picture]) => {
    const lines = picture.split('\n').slice(1);
    return Array.from(characters, (character, i) => {
      const at = i * cellWidth;
      const bits = Array.from({ length: rows }, (_, row) => {
        const line = (lines[row] ?? '').slice(at, at + 5).padEnd(5);
        return Number.parseInt(line.replaceAll('#', '1').replaceAll(' ', '0'), 2);
      });
      return [character, bits] as const;
    });
  }),
);

/** Characters that others stand in for. */
const substitutes: Readonly<Record<string, string>> = {
  '\u2212': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2026': '...',
  '\u00a0': ' ',
};

/** The text in characters that the font has: others become the letter without its accent, else a question mark. */
export function writable(text: string): string {
  const plain = text.replace(/[\u2010-\u2212\u00a0]/g, (c) => substitutes[c] ?? c).normalize('NFKD');
  return Array.from(plain.replace(/\p{M}/gu, ''), (c) => (c === ' ' || c === '\n' || glyphs.has(c) ? c : '?')).join('');
}

/** Calls back with each pixel of a character that is set, from its upper left corner. */
export function eachPixel(character: string, set: (x: number, y: number) => void): void {
  (glyphs.get(character) ?? []).forEach((bits, y) => {
    for (let x = 0; x < 5; x++) if (bits & (16 >> x)) set(x, y);
  });
}
