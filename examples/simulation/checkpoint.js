import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bytesOf, checksumOf } from "./gray-scott.js";

/**
 * A checkpoint is one file: a line of JSON, then the cells of both fields as they are in
 * memory. It is written beside the old one and takes its name when it is whole and on disk, so
 * that a kill at any moment leaves one or the other.
 */
export function saveCheckpoint(folder, { size, feed, kill, step, expectedMass, u, v }) {
  const path = join(folder, "fields");
  const checksum = checksumOf(u, v);
  const head = JSON.stringify({ size, feed, kill, step, expectedMass, checksum });
  const file = openSync(`${path}.new`, "w");
  try {
    for (const bytes of [Buffer.from(`${head}\n`), bytesOf(u), bytesOf(v)]) {
      writeWhole(file, bytes);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** Puts the model where it was; returns the step, 0 when there is nothing to resume from. */
export function loadCheckpoint(folder, model) {
  const bytes = readIfThere(join(folder, "fields"));
  if (bytes === undefined) return 0;
  const headEnd = bytes.indexOf("\n");
  const head = JSON.parse(bytes.toString("utf8", 0, headEnd));
  for (const name of ["size", "feed", "kill"]) {
    if (head[name] !== model[name])
      throw new Error(
        `the checkpoint in ${folder} is of another run: its ${name} is ${head[name]}`,
      );
  }
  const cells = bytes.subarray(headEnd + 1);
  bytesOf(model.u).set(cells.subarray(0, model.u.byteLength));
  bytesOf(model.v).set(cells.subarray(model.u.byteLength));
  if (checksumOf(model.u, model.v) !== head.checksum)
    throw new Error(`the checkpoint in ${folder} is damaged`);
  Object.assign(model, { step: head.step, expectedMass: head.expectedMass });
  return head.step;
}

function writeWhole(file, bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
