import { createHash } from "node:crypto";

const diffusionOfU = 0.16;
const diffusionOfV = 0.08;

export class GrayScott {
  /**
   * @param {object} params
   * @param {number} params.size cells on a side; 32 bytes of memory each
   * @param {number} params.feed F, how fast U is fed in
   * @param {number} params.kill k, how fast V is taken out beyond that
   */
  constructor({ size, feed, kill }) {
    this.size = size;
    this.feed = feed;
    this.kill = kill;
    this.step = 0;
    this.u = new Float64Array(size * size).fill(1);
    this.v = new Float64Array(size * size);
    this.nextU = new Float64Array(size * size);
    this.nextV = new Float64Array(size * size);
    this.#sow();
    /** What there was at the start, plus what was fed, less what was taken out. */
    this.expectedMass = this.mass();
  }

  /** One step of time, by Euler's method. */
  advance() {
    const { size, feed, kill, u, v, nextU, nextV } = this;
    let gained = 0;
    for (let y = 0; y < size; y++) {
      const row = y * size;
      const above = (y === 0 ? size - 1 : y - 1) * size;
      const below = (y === size - 1 ? 0 : y + 1) * size;
      for (let x = 0; x < size; x++) {
        const left = row + (x === 0 ? size - 1 : x - 1);
        const right = row + (x === size - 1 ? 0 : x + 1);
        const cu = u[row + x];
        const cv = v[row + x];
        const spreadU = u[left] + u[right] + u[above + x] + u[below + x] - 4 * cu;
        const spreadV = v[left] + v[right] + v[above + x] + v[below + x] - 4 * cv;
        const eaten = cu * cv * cv;
        const fed = feed * (1 - cu);
        const taken = (feed + kill) * cv;
        nextU[row + x] = cu + diffusionOfU * spreadU - eaten + fed;
        nextV[row + x] = cv + diffusionOfV * spreadV + eaten - taken;
        gained += fed - taken;
      }
    }
    this.expectedMass += gained;
    [this.u, this.nextU] = [nextU, u];
    [this.v, this.nextV] = [nextV, v];
    this.step++;
  }

  /** Of both chemicals, now. */
  mass() {
    let sum = 0;
    for (let cell = 0; cell < this.u.length; cell++) sum += this.u[cell] + this.v[cell];
    return sum;
  }

  /** A handful of squares of V, at places that are the same in every run. */
  #sow() {
    const { size, u, v } = this;
    const side = Math.max(2, Math.floor(size / 16));
    let seed = 1;
    const place = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % (size - side);
    };
    for (let square = 0; square < 12; square++) {
      const [left, top] = [place(), place()];
      for (let y = top; y < top + side; y++) {
        u.fill(0.5, y * size + left, y * size + left + side);
        v.fill(0.25, y * size + left, y * size + left + side);
      }
    }
  }
}

/** Of every bit of every cell. */
export function checksumOf(...fields) {
  const hash = createHash("sha256");
  for (const field of fields) hash.update(bytesOf(field));
  return hash.digest("hex").slice(0, 32);
}

export function bytesOf(field) {
  return new Uint8Array(field.buffer, field.byteOffset, field.byteLength);
}
