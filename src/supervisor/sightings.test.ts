import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Look, Sightings } from "./sightings.ts";

function worker(over: Partial<Look> = {}): Look {
  return { id: "w", beats: 1, isGone: false, isOrphaned: false, ...over };
}

describe("Sightings", () => {
  it("counts silence from the first look, not from what the row says", () => {
    const sightings = new Sightings(1_000);

    expect(sightings.look([worker()], 5_000).get("w")?.silentMs).toBe(0);
    expect(sightings.look([worker()], 5_400).get("w")?.silentMs).toBe(400);
  });

  it("hears a beat", () => {
    const sightings = new Sightings(1_000);
    sightings.look([worker()], 0);

    const seen = sightings.look([worker({ beats: 2 })], 500).get("w");

    expect(seen).toMatchObject({ silentMs: 0, seenMs: 500 });
  });

  it("credits a long pause of its own with one step only", () => {
    const sightings = new Sightings(1_000);
    sightings.look([worker()], 0);

    expect(sightings.look([worker()], 3_600_000).get("w")?.silentMs).toBe(1_000);
  });

  it("is not led astray by a clock that goes back", () => {
    const sightings = new Sightings(1_000);
    sightings.look([worker()], 9_000);

    expect(sightings.look([worker()], 0).get("w")?.silentMs).toBe(0);
  });

  it("counts how long it has been gone or orphaned", () => {
    const sightings = new Sightings(1_000);
    const lost = worker({ isGone: true, isOrphaned: true });
    sightings.look([worker()], 0);
    sightings.look([lost], 300);

    const seen = sightings.look([lost], 700).get("w");

    expect(seen).toMatchObject({ goneMs: 400, orphanedMs: 400 });
  });

  it("forgets whom it no longer sees", () => {
    const sightings = new Sightings(1_000);
    sightings.look([worker()], 0);
    sightings.look([], 100);

    expect(sightings.look([worker()], 200).get("w")?.seenMs).toBe(0);
  });

  it("never claims more silence than it has watched", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10_000), fc.nat(2))), (looks) => {
        const sightings = new Sightings(1_000);
        for (const [now, beats] of looks) {
          const seen = sightings.look([worker({ beats })], now).get("w");
          expect(seen?.silentMs).toBeLessThanOrEqual(seen?.seenMs ?? 0);
        }
        const last = sightings.look([worker()], 0).get("w");
        expect(last?.seenMs).toBeLessThanOrEqual(looks.length * 1_000);
      }),
    );
  });
});
