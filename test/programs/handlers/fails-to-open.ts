import { defineWorker } from "../../../src/worker/handler.ts";

export default defineWorker({
  type: "actor",
  open() {
    throw new Error("the kernel is not installed");
  },
  async handle() {
    return null;
  },
});
