/**
 * Scenes of sprites that move without ever coming back, filmed by cameras: generated, so that place, class and time of
 * everything are known exactly. A scene is a pure function of its random stream and the pictures.
 */
import type { NdArray, Samples } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { drawSprite, type Sprite, spriteOf } from './sprite.js';
import { hsv, texture } from './texture.js';

/** Where a sprite is, in a world whose sides have length 1; `angle` in radians. */
interface Pose {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly angle: number;
}

interface Actor {
  readonly sprite: Sprite;
  /** Pose in each frame. */
  readonly poses: readonly Pose[];
}

export interface Scene {
  /** The first one is what the film is about; it is in front of the others. */
  readonly actors: readonly Actor[];
  readonly frames: number;
}

/** How a camera sees the world. */
export interface Camera {
  readonly scale: number;
  /** Radians. */
  readonly angle: number;
  /** Shift in parts of the picture. */
  readonly x: number;
  readonly y: number;
  /** Factors of red, green and blue. */
  readonly gains: readonly [number, number, number];
  /** `[size, size, 3]`. */
  readonly background: Float32Array;
}

export interface SceneOptions {
  readonly pictures: Samples;
  readonly sprites: number;
  readonly frames: number;
  /** Part of the time in which nothing moves, 0 to below 1. */
  readonly rest: number;
}

export function makeScene(random: Random, { pictures, sprites, frames, rest }: SceneOptions): Scene {
  const actors = Array.from({ length: sprites }, (_, i): Actor => {
    const own = random.at(i, 1);
    const tint = hsv(own.uniform(), own.uniform(0.5, 1), own.uniform(0.8, 1));
    const picture = pictures.get(pictureOf(random, i, pictures));
    return { sprite: spriteOf(picture, tint), poses: journey(own, frames, rest) };
  });
  return { actors, frames };
}

/** Class of the first thing of the scene, or -1. */
export const sceneLabel = (random: Random, pictures: Samples): number => pictures.label(pictureOf(random, 0, pictures));

const pictureOf = (random: Random, sprite: number, { length }: Samples) => random.at(sprite).integer(length);

/**
 * From one place to another on a slightly bent way that crosses the middle, growing or shrinking and turning on the way;
 * so far inside that the sprite is never cut off.
 */
function journey(random: Random, frames: number, rest: number): Pose[] {
  const direction = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(direction), Math.sin(direction)];
  const half = random.uniform(0.2, 0.27);
  const offset = random.uniform(-0.09, 0.09);
  const bend = random.uniform(-0.09, 0.09);
  const side = [random.uniform(0.26, 0.35), random.uniform(0.26, 0.35)] as const;
  const angle = random.uniform(-0.3, 0.3);
  const turn = random.uniform(-0.8, 0.8);
  return pace(random, frames, rest).map((s) => {
    const along = half * (2 * s - 1);
    const across = offset + bend * Math.sin(Math.PI * s);
    return {
      x: 0.5 + along * cos - across * sin,
      y: 0.5 + along * sin + across * cos,
      side: side[0] + s * (side[1] - side[0]),
      angle: angle + turn * s,
    };
  });
}

/** The part of the way that is behind in each frame, from 0 to 1: at changing speed, with one rest. */
function pace(random: Random, frames: number, rest: number): number[] {
  const steps = frames - 1;
  const resting = Math.min(Math.round(rest * steps), steps - 1);
  const restsFrom = random.integer(steps - resting + 1);
  const knots = Array.from({ length: 4 }, () => random.uniform(0.4, 1.6));
  const speeds = Array.from({ length: steps }, (_, i) => {
    if (i >= restsFrom && i < restsFrom + resting) return 0;
    const at = (i / steps) * 3;
    const [a, b] = [knots[Math.floor(at)] as number, knots[Math.floor(at) + 1] as number];
    return a + (at % 1) * (b - a);
  });
  const total = speeds.reduce((a, b) => a + b, 0);
  let behind = 0;
  return [0, ...speeds.map((speed) => (behind += speed / total))];
}

/** A camera whose place differs from the plain one by up to `variation` (0 to 1), with a background of its own. */
export function makeCamera(
  random: Random,
  size: number,
  {
    contrast,
    variation,
    scale = 1,
    angle = 0,
  }: { contrast: number; variation: number; scale?: number; angle?: number },
): Camera {
  const some = (reach: number) => variation * random.uniform(-reach, reach);
  const gain = () => 1 + some(0.3);
  return {
    scale: scale * (1 + some(0.1)),
    angle: angle + some(0.25),
    x: some(0.06),
    y: some(0.06),
    gains: [gain(), gain(), gain()],
    background: texture(random.at(1), size, contrast),
  };
}

/** What a camera sees: `[frames, size, size, 3]`, and the box of the first sprite in each frame, `[frames, 4]`. */
export function film(scene: Scene, camera: Camera, size: number): { data: Float32Array; track: NdArray } {
  const pixels = size * size * 3;
  const data = new Float32Array(scene.frames * pixels);
  const track = new Float32Array(scene.frames * 4);
  for (let t = 0; t < scene.frames; t++) {
    const frame = data.subarray(t * pixels, (t + 1) * pixels);
    frame.set(camera.background);
    // From the back to the front.
    for (const { sprite, poses } of scene.actors.toReversed()) {
      const place = seen(poses[t] as Pose, camera, size);
      drawSprite(frame, size, sprite, place);
      track.set([place.x - place.side / 2, place.y - place.side / 2, place.side, place.side], 4 * t);
    }
    camera.gains.forEach((gain, c) => {
      for (let i = c; i < pixels; i += 3) frame[i] = Math.min(1, (frame[i] as number) * gain);
    });
  }
  return { data, track: { data: track, shape: [scene.frames, 4] } };
}

/** A pose in the pixels of a camera. */
function seen(pose: Pose, { scale, angle, x, y }: Camera, size: number) {
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const [u, v] = [pose.x - 0.5, pose.y - 0.5];
  return {
    x: size * (0.5 + x + cos * u - sin * v),
    y: size * (0.5 + y + sin * u + cos * v),
    side: size * scale * pose.side,
    angle: pose.angle + angle,
  };
}
