import { lookUpForType } from "../../config/config.ts";
import { knownTypes } from "../../config/pool-settings.ts";
import { listImages } from "../../docker-images/list-images.ts";
import { size } from "../../domain/size-words.ts";
import { hasImage } from "../../executor/docker/image.ts";
import type { CommandContext } from "../command.ts";
import { type Column, printTable } from "../present/table.ts";
import { age } from "../present/time.ts";
import { withEngine } from "./with-engine.ts";

interface ImageRow {
  readonly name: string;
  readonly type: string | undefined;
  readonly version: string | undefined;
  readonly size: number | undefined;
  readonly createdAt: number | undefined;
  readonly isHere: boolean;
  /** The worker types whose containers are made from it. */
  readonly usedBy: readonly string[];
}

export async function listHere(context: CommandContext): Promise<number> {
  const { terminal, clock } = context;
  return await withEngine(context, async (docker) => {
    const users = usersOf(context);
    const here = (await listImages(docker)).map((image) => ({
      ...image,
      isHere: true,
      usedBy: users.get(image.name) ?? [],
    }));
    const others = [...users].filter(([name]) => here.every((image) => image.name !== name));
    const foreign = await Promise.all(
      others.map(async ([name, usedBy]) => ({
        ...{ name, usedBy, isHere: await hasImage(docker, name) },
        ...{ type: undefined, version: undefined, size: undefined, createdAt: undefined },
      })),
    );
    const rows: readonly ImageRow[] = [...here, ...foreign];
    if (terminal.json) terminal.printJson({ images: rows.map(imageJson) });
    else if (rows.length === 0) terminal.note("no images; clx docker build makes them");
    else printTable(terminal, columns(clock()), rows);
  });
}

/** By the name of the image. */
function usersOf({ config }: CommandContext): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const type of knownTypes(config)) {
    const name = lookUpForType(config, type, "image").value;
    if (name === undefined) continue;
    users.set(name, [...(users.get(name) ?? []), type]);
  }
  return users;
}

function imageJson({ name, type, version, size: bytes, createdAt, isHere, usedBy }: ImageRow) {
  return {
    ...{ name, type: type ?? null, version: version ?? null, size: bytes ?? null },
    created_at: createdAt === undefined ? null : new Date(createdAt).toISOString(),
    ...{ here: isHere, used_by: usedBy },
  };
}

function columns(now: number): Column<ImageRow>[] {
  return [
    { header: "IMAGE", value: ({ name }) => name, shrinkTo: 20, cut: "middle" },
    { header: "TYPE", value: ({ type = "" }) => type },
    { header: "VERSION", value: ({ version = "" }) => version },
    {
      header: "SIZE",
      value: ({ size: bytes }) => (bytes === undefined ? "" : size(bytes)),
      align: "right",
    },
    {
      header: "MADE",
      value: ({ createdAt }) => (createdAt === undefined ? "" : `${age(createdAt, now)} ago`),
      align: "right",
    },
    {
      header: "HERE",
      value: ({ isHere }) => (isHere ? "yes" : "no"),
      colour: ({ isHere }) => (isHere ? undefined : "red"),
    },
    { header: "USED BY", value: ({ usedBy }) => usedBy.join(", ") },
  ];
}
