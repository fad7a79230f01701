/** Hue, saturation and value, all from 0 to 1, and red, green and blue: the hexcone of Smith (1978). */

export type Triple = [number, number, number];

/** Hue, saturation and value as red, green and blue. The hue may be any number from 0. */
export function rgbFromHsv(hue: number, saturation: number, value: number): Triple {
  const channel = (n: number) => {
    const k = (n + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Red, green and blue as hue, saturation and value. Gray has hue 0, black saturation 0. */
export function hsvFromRgb(red: number, green: number, blue: number): Triple {
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  if (chroma <= 0) return [0, 0, value];
  const sixths =
    value === red ? (green - blue) / chroma : value === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
  return [(sixths < 0 ? sixths + 6 : sixths) / 6, chroma / value, value];
}
