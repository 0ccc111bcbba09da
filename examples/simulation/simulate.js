#!/usr/bin/env node
/**
 * A reaction and diffusion of two chemicals (the Gray–Scott model) on a square whose edges
 * meet: V feeds on U, U is fed in, V is taken out, and spots grow, divide and settle.
 *
 *     du/dt = Du ∇²u − u v² + F (1 − u)
 *     dv/dt = Dv ∇²v + u v² − (F + k) v
 *
 * Run as a task it reports its progress, survives being killed, and gives a result:
 *
 *     clx submit command --wait -- node examples/simulation/simulate.js --size 512 --steps 4000
 *
 * With `--stdin` it reads its options as JSON from its standard input, as the program of a worker
 * type of its own does: {"size": 512, "feed": 0.03}.
 *
 * Diffusion and reaction move mass but make none: what is in the square at the end must be what
 * was in it at the start, plus what was fed, less what was taken out. The result says how far
 * the two are apart. It also has a checksum of all cells, the same bit by bit however often the
 * run was interrupted.
 */
import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { checksumOf, GrayScott } from "./gray-scott.js";
import { writeImage } from "./image.js";

const options = readOptions();
const folder = options.checkpoints;
const model = new GrayScott(options);
const resumedFrom = folder === undefined ? 0 : loadCheckpoint(folder, model);
if (resumedFrom > 0) process.stderr.write(`resumed from step ${resumedFrom}\n`);

for (let shown = Number.NEGATIVE_INFINITY; model.step < options.steps; ) {
  model.advance();
  const now = performance.now();
  if (now - shown >= 200) {
    shown = now;
    report(model.step);
  }
  if (folder !== undefined && model.step % options.checkpointEvery === 0) {
    saveCheckpoint(folder, model);
  }
}

report(model.step);
if (options.image !== undefined) writeImage(options.image, model.v, model.size);
tell({ result: { ...judge(model), resumedFrom } });

/** The result, unless mass was made or lost. */
function judge(model) {
  const massError = Math.abs(model.mass() - model.expectedMass) / model.expectedMass;
  if (!(massError < 1e-9)) {
    process.stderr.write(`mass is not conserved: off by ${massError} of the whole\n`);
    process.exit(1);
  }
  return { size: model.size, steps: model.step, massError, checksum: checksumOf(model.u, model.v) };
}

function report(step) {
  tell({ progress: step / options.steps, message: `step ${step} of ${options.steps}` });
}

/** To whoever runs us as a task; run by hand, to the terminal. */
function tell(message) {
  const fd = Number(process.env.CLX_PROGRESS_FD ?? 1);
  writeSync(fd, `${JSON.stringify(message)}\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "512" },
      steps: { type: "string", default: "4000" },
      feed: { type: "string", default: "0.035" },
      kill: { type: "string", default: "0.065" },
      "checkpoint-every": { type: "string", default: "500" },
      checkpoints: { type: "string" },
      image: { type: "string" },
      stdin: { type: "boolean", default: false },
    },
  });
  const given = { ...values, ...(values.stdin && JSON.parse(readFileSync(0, "utf8"))) };
  return {
    size: wholeNumber("size", given.size, 8),
    steps: wholeNumber("steps", given.steps, 1),
    feed: rate("feed", given.feed),
    kill: rate("kill", given.kill),
    checkpointEvery: wholeNumber("checkpoint-every", given["checkpoint-every"], 1),
    checkpoints: given.checkpoints ?? process.env.CLX_CHECKPOINT_DIR,
    image: given.image,
  };
}

function wholeNumber(name, given, least) {
  const value = Number(given);
  if (Number.isInteger(value) && value >= least) return value;
  return refuse(name, given, `a whole number of ${least} or more`);
}

function rate(name, given) {
  const value = Number(given);
  if (value >= 0 && value <= 0.1) return value;
  return refuse(name, given, "a number from 0 to 0.1");
}

function refuse(name, given, wanted) {
  process.stderr.write(`--${name} must be ${wanted}, not ${JSON.stringify(given)}\n`);
  process.exit(2);
}
