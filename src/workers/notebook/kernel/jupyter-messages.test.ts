import { expect, it } from "vitest";
import { JupyterMessages } from "./jupyter-messages.ts";

const framesOf = (frames: readonly string[]) => frames.map((frame) => Buffer.from(frame));

it("reads what it has written, whatever routing stands before it", () => {
  const messages = new JupyterMessages("key");
  const { frames } = messages.pack({ type: "execute_request", content: { code: "ü" } });

  const read = messages.unpack(framesOf(["kernel.1", ...frames]));

  expect(read).toEqual({ type: "execute_request", content: { code: "ü" } });
});

it("reads nothing that another key has signed", () => {
  const { frames } = new JupyterMessages("another").pack({ type: "status", content: {} });

  expect(new JupyterMessages("key").unpack(framesOf(frames))).toBeUndefined();
});

it("reads nothing that was changed on its way", () => {
  const messages = new JupyterMessages("key");
  const { frames } = messages.pack({ type: "stream", content: { text: "mine" } });
  const changed = frames.map((frame) => frame.replace("mine", "yours"));

  expect(messages.unpack(framesOf(changed))).toBeUndefined();
});

it.each([[[]], [["<IDS|MSG>"]], [["<IDS|MSG>", "", "{}"]], [["no delimiter"]]])(
  "reads nothing of half a message: %j",
  (frames) => {
    expect(new JupyterMessages("key").unpack(framesOf(frames))).toBeUndefined();
  },
);
