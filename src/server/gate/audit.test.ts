import { expect, it } from "vitest";
import { auditEvent, auditOutcome } from "./audit.ts";
import { newApiKeySecret } from "./secret.ts";

it("says who did what to what, and how it ended", () => {
  const event = auditEvent({
    ...{ actor: "anna", role: "operator", action: "task.cancel", target: "0197", at: 5 },
    ...{ outcome: "done", status: 200, reason: "no longer wanted" },
  });

  expect(event).toEqual({
    type: "audit",
    at: 5,
    message: "anna task.cancel 0197",
    taskId: "0197",
    data: {
      ...{ actor: "anna", role: "operator", action: "task.cancel", target: "0197" },
      ...{ outcome: "done", status: 200, reason: "no longer wanted" },
    },
  });
});

it("never repeats a key, nor what could spoil a terminal, nor a whole novel", () => {
  const { secret } = newApiKeySecret();

  const event = auditEvent({
    ...{ actor: "anna", action: "key.revoke", outcome: "failed", at: 5 },
    ...{ target: `x\u001b[31m${secret}\r\n`, reason: `${secret} ${"long ".repeat(1_000)}` },
  });

  expect(JSON.stringify(event)).not.toContain(secret.slice(8));
  expect(event.data?.target).toBe("x [31mclx_… ");
  expect(String(event.data?.reason).length).toBeLessThan(510);
});

it.each([
  [202, "done"],
  [303, "done"],
  [401, "refused"],
  [403, "refused"],
  [429, "refused"],
  [409, "failed"],
  [503, "failed"],
])("calls %i %s", (status, outcome) => {
  expect(auditOutcome(status)).toBe(outcome);
});
