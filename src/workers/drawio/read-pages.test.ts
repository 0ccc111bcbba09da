import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { choosePages } from "./choose-pages.ts";
import { readPages } from "./read-pages.ts";

const shape = '<mxCell id="2" vertex="1" parent="1"/>';
const model = (cells = shape) =>
  `<mxGraphModel dx="1"><root><mxCell id="0"/><mxCell id="1" parent="0"/>${cells}</root></mxGraphModel>`;

describe("reading the pages of a file", () => {
  it("finds each, plain or compressed", () => {
    const packed = deflateRawSync(encodeURIComponent(model())).toString("base64");

    const pages = read(
      `<?xml version="1.0"?>\r\n<mxfile host="x"><diagram name="One">\r\n ${model()}\n</diagram><diagram name="Zwei ä">${packed}</diagram></mxfile>`,
    );

    expect(pages).toMatchObject([
      { name: "One", number: 1, model: model(), isEmpty: false },
      { name: "Zwei ä", number: 2, model: model(), isEmpty: false },
    ]);
  });

  it("takes a model alone for one page", () => {
    expect(read(model())).toMatchObject([{ number: 1, model: model() }]);
  });

  it("sees that a page is empty, and that an object is not", () => {
    const object = `<object label="x" id="2">${shape}</object>`;

    expect(read(model(""))[0]?.isEmpty).toBe(true);
    expect(read(model(object))[0]?.isEmpty).toBe(false);
    expect(read('<mxfile><diagram name="a"/></mxfile>')[0]?.isEmpty).toBe(true);
  });

  it.each([
    ["", /a\.drawio: it is empty/],
    ["no xml", /line 1/],
    ["<mxfile>\n<diagram></mxfile>", /a\.drawio: line 2, column \d+: unexpected close tag/],
    ["<svg/>", /no draw\.io file: it begins with <svg>/],
    ["<mxfile/>", /has no pages/],
    [
      '<mxfile><diagram name="x">%%%</diagram></mxfile>',
      /page x: its compressed content is damaged/,
    ],
    ['<mxfile><diagram name="x"><other/></diagram></mxfile>', /page x: there is no drawing in it/],
  ])("refuses %j and says why", (text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ kind: "user_error", message: expect.stringMatching(message) }),
    );
  });
});

describe("choosing pages", () => {
  const pages = ["Page-1", "Page-2", "../x", "Page-2", "empty"].map((name, at) => ({
    ...{ name, number: at + 1, model: "", isEmpty: name === "empty", source: "/s/a.drawio" },
  }));
  const places = { source: "/s/a.drawio", output: "/o/a.svg" };

  it("takes all that have something on them, beside one another", () => {
    expect(choosePages(pages, places).map(({ path }) => path)).toEqual([
      ...["/o/a.svg", "/o/a-Page-2.svg", "/o/a-.._x.svg", "/o/a-Page-2-4.svg"],
    ]);
  });

  it("takes one by number or name", () => {
    const path = (page: number | string) => choosePages(pages, { ...places, page });

    expect(path(2)).toMatchObject([{ page: { number: 2 }, path: "/o/a.svg" }]);
    expect(path("../x")).toMatchObject([{ page: { number: 3 }, path: "/o/a.svg" }]);
    expect(() => path(9)).toThrow(/has no page 9; it has Page-1/);
    expect(() => path("empty")).toThrow(/nothing on page "empty"/);
  });
});

function read(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "clx-pages-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "a.drawio");
  writeFileSync(file, text);
  return readPages(file);
}
