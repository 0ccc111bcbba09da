import { setTimeout as sleep } from "node:timers/promises";
import { Worker as Thread } from "node:worker_threads";
import { defineWorker } from "../../../src/worker/handler.ts";

let pulse: Thread | undefined;
const { postMessage } = Thread.prototype;
Thread.prototype.postMessage = function (...args) {
  pulse = this;
  return postMessage.apply(this, args);
};

export default defineWorker({
  type: "actor",
  async handle() {
    await pulse?.terminate();
    await sleep(60_000);
    return null;
  },
});
