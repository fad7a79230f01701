import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { exifOrientation } from '../../../src/data/exif.js';
import type { Picture } from '../../../src/data/picture.js';
import { decodePicture, toSquare } from '../../../src/data/square.js';

const rgb = (picture: Picture) => [...picture.data];
const fromText = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

describe('PNG', () => {
  const png = (channels: number, data: number[], depth: 8 | 16 = 8) => {
    const samples = depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data);
    return encodePng({ width: 2, height: 1, channels, depth, data: samples });
  };

  test.each<[string, Uint8Array, number[]]>([
    ['RGB', png(3, [1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]],
    ['gray', png(1, [0, 200]), [0, 0, 0, 200, 200, 200]],
    ['gray with alpha, on white', png(2, [0, 255, 0, 51]), [0, 0, 0, 204, 204, 204]],
    ['RGB with alpha, on white', png(4, [10, 20, 30, 255, 10, 20, 30, 0]), [10, 20, 30, 255, 255, 255]],
    ['16 bits', png(3, [0, 257, 65535, 514, 65535, 128], 16), [0, 1, 255, 2, 255, 0]],
    // The following were written with Pillow.
    [
      'a palette of 1 bit with transparency',
      fromText(
        'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQMAAACnuvRZAAAABlBMVEUKFB4AAAAhWotHAAAAAnRSTlP/ZkFm9CcAAAAMSURBVHicY3BgWAAAAWQA4ZE63ywAAAAASUVORK5CYII=',
      ),
      [10, 20, 30, 153, 153, 153, 10, 20, 30, 153, 153, 153, 10, 20, 30, 153, 153, 153],
    ],
    [
      'one color that is clear',
      fromText(
        'iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAIAAAB2XpiaAAAABnRSTlMACQAIAAfzwaH7AAAAFUlEQVR4nGPk5GD/8esPBxszAwMjABjrAxqDkhXfAAAAAElFTkSuQmCC',
      ),
      [255, 255, 255, 1, 2, 3, 9, 8, 6, 255, 255, 255],
    ],
    [
      'one bit',
      fromText('iVBORw0KGgoAAAANSUhEUgAAAAMAAAABAQAAAAAzmykZAAAACklEQVR4nGNwAAAAQgBBKTf07wAAAABJRU5ErkJggg=='),
      [0, 0, 0, 255, 255, 255, 0, 0, 0],
    ],
  ])('of %s', async (_, bytes, expected) => {
    expect(rgb(await decodePicture(bytes))).toEqual(expected);
  });

  test('that claims to be enormous is refused before memory is taken', async () => {
    const bytes = png(3, [1, 2, 3, 4, 5, 6]);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, 2 ** 31);
    await expect(decodePicture(bytes)).rejects.toThrow('2147483648 x 1 is larger than 64 megapixels');
  });
});

describe('JPEG', () => {
  /** 16 x 8, its left half white, to be turned a quarter clockwise (EXIF orientation 6); written with Pillow. */
  const turned = fromText(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AP38r+AOv//Z',
  );

  test('is turned upright', async () => {
    const picture = await decodePicture(turned);
    expect([picture.width, picture.height, picture.orientation]).toEqual([16, 8, 6]);
    const square = toSquare(picture, { size: 8, channels: 1 });
    // What was on the left is on top.
    expect(square.slice(0, 32).every((value) => value > 250)).toBe(true);
    expect(square.slice(32).every((value) => value < 5)).toBe(true);
  });

  test('that was cut off is refused', async () => {
    const data = Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => (i * 7919) % 256);
    const { data: bytes } = jpeg.encode({ width: 64, height: 64, data }, 90);
    expect((await decodePicture(bytes)).width).toBe(64);
    await expect(decodePicture(bytes.subarray(0, bytes.length / 2))).rejects.toThrow();
  });

  test('EXIF that makes no sense means upright', () => {
    const tiff = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0);
    expect(exifOrientation(tiff)).toBe(8);
    const little = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0);
    expect(exifOrientation(little)).toBe(3);
    for (let length = 0; length < tiff.length; length++) expect(exifOrientation(tiff.subarray(0, length))).toBe(1);
    expect(exifOrientation(tiff.with(19 - 1, 0).with(19, 9))).toBe(1);
    expect(exifOrientation(tiff.with(7, 200))).toBe(1);
  });
});

describe('WebP', () => {
  // 4 x 3 pixels (20 i, 255 - 20 i, 100), the last one clear; written with libwebp.
  const lossless = 'UklGRjgAAABXRUJQVlA4TCsAAAAvA4AAEF8gFkz8XefQF8NQDJmAoMj/0TKXUSAIIFGIJZZZZpll0oj+B6Y7AA==';
  const lossyWithAlpha =
    'UklGRoYAAABXRUJQVlA4WAoAAAAQAAAAAwAAAgAAQUxQSA0AAAABDzD/ERHiBw8R/Y8BAFZQOCBSAAAA8AEAnQEqBAADAADAEiWwAnRMgAHVoRdAAP5LtpWR8/FO9lqL15VltZH0z/2oi//yK++wfP+s/+L///vZJ/+MX3DvL+L///0NpyXz/of6lAAAAA==';
  // 4 x 3 pixels of (200, 100, 50).
  const lossy = 'UklGRj4AAABXRUJQVlA4IDIAAADQAQCdASoEAAMAAMASJaACdLoB+AADsAD+2ib/7vN+09e09f1M//jKnyA/4yp/xcwAAA==';

  test('lossless is exact, clear pixels are white', async () => {
    const picture = await decodePicture(fromText(lossless));
    const expected = Array.from({ length: 11 }, (_, i) => [20 * i, 255 - 20 * i, 100]).flat();
    expect([picture.width, picture.height]).toEqual([4, 3]);
    expect(rgb(picture)).toEqual([...expected, 255, 255, 255]);
  });

  test('lossy, with and without alpha', async () => {
    const plain = await decodePicture(fromText(lossy));
    expect([plain.width, plain.height]).toEqual([4, 3]);
    for (const [i, value] of plain.data.entries())
      expect(Math.abs(value - ([200, 100, 50][i % 3] as number))).toBeLessThan(6);
    const clear = await decodePicture(fromText(lossyWithAlpha));
    expect([clear.width, clear.height, ...clear.data.subarray(-3)]).toEqual([4, 3, 255, 255, 255]);
  });

  test('cut off is refused', async () => {
    await expect(decodePicture(fromText(lossless).subarray(0, 20))).rejects.toThrow('the WebP ends in its header');
    await expect(decodePicture(fromText(lossyWithAlpha).subarray(0, 60))).rejects.toThrow();
  });
});

test('anything else is refused by its content', async () => {
  await expect(decodePicture(Buffer.from('GIF89a and so on'))).rejects.toThrow('neither PNG nor JPEG nor WebP');
});

describe('squares', () => {
  const picture = (width: number, height: number, orientation = 1): Picture => ({
    width,
    height,
    orientation,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) * 10),
  });
  const gray = (pixels: Uint8Array) => [...pixels].filter((_, i) => i % 3 === 0);

  test('of the same size are exact', () => {
    expect(gray(toSquare(picture(2, 2), { size: 2, channels: 3 }))).toEqual([0, 10, 20, 30]);
  });

  test('take the center of the longer side', () => {
    expect(gray(toSquare(picture(4, 2), { size: 2, channels: 3 }))).toEqual([10, 20, 50, 60]);
    expect(gray(toSquare(picture(2, 4), { size: 2, channels: 3 }))).toEqual([20, 30, 40, 50]);
  });

  test('are averaged when shrunk', () => {
    const checkered: Picture = {
      width: 8,
      height: 8,
      orientation: 1,
      data: Uint8Array.from({ length: 192 }, (_, i) => ((Math.floor(i / 3) + Math.floor(i / 24)) % 2 ? 255 : 0)),
    };
    for (const value of toSquare(checkered, { size: 2, channels: 3 })) expect(Math.abs(value - 127.5)).toBeLessThan(3);
  });

  test('gray weighs the channels as Pillow does', () => {
    const one = (...data: number[]): Picture => ({ width: 1, height: 1, orientation: 1, data: Uint8Array.from(data) });
    const grays = [one(255, 0, 0), one(0, 255, 0), one(0, 0, 255), one(200, 200, 200)].map((p) => {
      return toSquare(p, { size: 1, channels: 1 })[0];
    });
    expect(grays).toEqual([76, 150, 29, 200]);
  });

  test('stand upright for all eight EXIF orientations', () => {
    // Stored as 0 10 / 20 30.
    const shown = [1, 2, 3, 4, 5, 6, 7, 8].map((o) => gray(toSquare(picture(2, 2, o), { size: 2, channels: 3 })));
    expect(shown).toEqual([
      [0, 10, 20, 30],
      [10, 0, 30, 20],
      [30, 20, 10, 0],
      [20, 30, 0, 10],
      [0, 20, 10, 30],
      [20, 0, 30, 10],
      [30, 10, 20, 0],
      [10, 30, 0, 20],
    ]);
  });
});
