import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Fonts } from "../../rendering/fonts.ts";
import { DrawioEngine } from "./drawio-engine.ts";
import { type Page, readPages } from "./read-pages.ts";

const sample = fileURLToPath(new URL("samples/pages.drawio", import.meta.url));
let engine: DrawioEngine;

beforeAll(() => {
  engine = DrawioEngine.open(new Fonts());
});

describe("diagrams.net's engine", () => {
  it.each([1, 2, 3, 4])("draws page %i of the sample, the same each time", async (number) => {
    const page = readPages(sample)[number - 1];
    if (page === undefined) throw new Error("no such page");

    const svg = await draw(page);

    expect(await draw(page)).toBe(svg);
    expect(svg).not.toMatch(/foreignObject|<switch|https?:\/\/(?!www\.w3\.org)/);
    await expect(svg).toMatchFileSnapshot(`./golden/page-${number}.svg`);
  });

  it("gives the picture its scale and border", async () => {
    const size = async (scale: number, border: number) => {
      const page = pageWith(box({ style: "rounded=0;" }));
      const { width, height } = await engine.draw({ page, format: "png", scale, border, signal });
      return [width, height];
    };

    expect(await size(1, 0)).toEqual([121, 61]);
    expect(await size(3, 20)).toEqual([403, 223]);
  });

  it("makes room for labels beyond their shapes", async () => {
    const style = "shape=umlActor;verticalLabelPosition=bottom;verticalAlign=top;html=1;";
    const page = pageWith(box({ style, value: "a label that is wider than the actor", width: 30 }));

    const { width, height } = await engine.draw({
      page,
      format: "svg",
      scale: 1,
      border: 0,
      signal,
    });

    expect(width).toBeGreaterThan(170);
    expect(height).toBeGreaterThan(75);
  });

  it.each([
    ["html=1;", "&lt;b&gt;x&lt;/b&gt;", 'font-weight="bold"'],
    ["html=1;fontStyle=2;", "x", 'font-style="italic"'],
    ["html=1;fontColor=#FF0000;", "x", 'fill="#FF0000"'],
    ["html=1;labelBackgroundColor=#FFFF00;", "x", 'fill="#FFFF00"'],
    ["html=1;rotation=30;", "x", "rotate(30)"],
    ["html=1;horizontal=0;", "x", "rotate(-90)"],
    ["html=1;opacity=50;textOpacity=50;", "x", 'opacity="0.5"'],
    ["", "&lt;b&gt;", "&lt;b&gt;"],
    ["html=1;", "&lt;script&gt;alert(1)&lt;/script&gt;x", ">x</text>"],
  ])("draws with %s the label %s", async (style, value, part) => {
    const svg = await draw(pageWith(box({ style, value })));

    expect(svg).toContain(part);
    expect(svg).not.toContain("alert");
  });

  it("takes icons from its package", async () => {
    const style = "shape=mxgraph.aws4.resourceIcon;resIcon=mxgraph.aws4.lambda;fillColor=#ED7100;";
    const plain = await draw(pageWith(box({ style: "fillColor=#ED7100;" })));

    const icon = await draw(pageWith(box({ style })));
    const picture = await draw(
      pageWith(box({ style: "shape=image;image=img/lib/azure2/compute/Virtual_Machine.svg;" })),
    );

    expect(icon.length).toBeGreaterThan(plain.length + 200);
    expect(picture).toContain("data:image/svg+xml;base64,");
  });

  it("keeps embedded pictures, and refuses to fetch others", async () => {
    const embedded = await draw(
      pageWith(box({ style: "shape=image;image=data:image/png,iVBORw0K;" })),
    );

    expect(embedded).toContain("data:image/png;base64,iVBORw0K");
    for (const image of ["https://x.org/a.png", "a.png", "file:///etc/passwd", "../../x.svg"]) {
      await expect(
        draw(pageWith(box({ style: `shape=image;image=${image};` }))),
      ).rejects.toMatchObject({
        ...{ kind: "user_error", message: expect.stringContaining("nothing is fetched") },
      });
    }
  });

  it("rolls the same dice for sketches, whatever was drawn before", async () => {
    const page = pageWith(box({ style: "sketch=1;fillColor=#ffe6cc;" }));
    const first = await draw(page);
    await draw(pageWith(box({ style: "sketch=1;fillColor=#aaaaaa;" })));

    expect(await draw(page)).toBe(first);
  });
});

const signal = new AbortController().signal;

async function draw(page: Page): Promise<string> {
  const { content } = await engine.draw({ page, format: "svg", scale: 1, border: 5, signal });
  return String(content);
}

interface Box {
  readonly style: string;
  readonly value?: string;
  readonly width?: number;
}

function box({ style, value = "", width = 120 }: Box): string {
  return `<mxCell id="2" value="${value}" style="${style}" vertex="1" parent="1"><mxGeometry x="40" y="40" width="${width}" height="60" as="geometry"/></mxCell>`;
}

function pageWith(cells: string): Page {
  const model = `<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>${cells}</root></mxGraphModel>`;
  return { number: 1, model, isEmpty: false, source: "/a.drawio" };
}
