import { countCap } from "../../store/task-store.ts";

/** `3,412`, or `10,000+` where counting ended. */
export function countWords(count: number): string {
  return count >= countCap ? `${grouped(countCap)}+` : grouped(count);
}

export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
