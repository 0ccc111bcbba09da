import { Socket } from "node:net";
import type { LaunchDocument } from "../../../src/domain/launch.ts";

/**
 * Reads the launch document, and calls `onParentGone` when the lifeline ends: file
 * descriptor 3, or the one that is the first argument.
 */
export function readLifeline(onParentGone: () => void): Promise<LaunchDocument> {
  const lifeline = new Socket({ fd: Number(process.argv[2] ?? 3) });
  lifeline.setEncoding("utf8");
  lifeline.on("end", onParentGone);
  lifeline.on("error", onParentGone);
  return new Promise((resolve) => {
    let text = "";
    lifeline.on("data", (chunk) => {
      text += String(chunk);
      if (text.includes("\n")) resolve(JSON.parse(text) as LaunchDocument);
    });
  });
}

/** Tells the test, by the worker's log, that all is set up. */
export function say(word: string, facts: object = {}): void {
  console.log(JSON.stringify({ word, pid: process.pid, ...facts }));
}

export function stay(): void {
  setInterval(() => {}, 60_000);
}
