import { describe, expect, it } from "vitest";
import { redact, redacted, redactText } from "./redact.ts";

describe("what is shown of secrets", () => {
  it("is nothing where a name says that it is one", () => {
    const shown = redact({
      user: "ada",
      password: "p",
      nested: [{ api_key: "k", apiKey: "k", Authorization: "Bearer k" }],
      access_token: 5,
      tokens: 12,
      hasToken: true,
      keyboard: "qwerty",
    });

    expect(shown).toEqual({
      user: "ada",
      password: redacted,
      nested: [{ api_key: redacted, apiKey: redacted, Authorization: redacted }],
      access_token: redacted,
      tokens: 12,
      hasToken: true,
      keyboard: "qwerty",
    });
  });

  it("is nothing on a command line", () => {
    expect(redact({ argv: ["tool", "--token", "abc", "--password=xyz", "-v"] })).toEqual({
      argv: ["tool", "--token", redacted, `--password=${redacted}`, "-v"],
    });
  });

  it("is nothing in text that carries one", () => {
    expect(redactText("curl -H 'Authorization: Bearer abc.def' https://u:pw@host/x")).toBe(
      `curl -H 'Authorization: Bearer ${redacted}' https://u:${redacted}@host/x`,
    );
    expect(redactText("API_KEY=123 make; a plain token ring")).toBe(
      `API_KEY=${redacted} make; a plain token ring`,
    );
  });
});
