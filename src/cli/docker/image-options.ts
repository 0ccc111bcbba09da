import { type ImageNaming, imageName, ownRegistry } from "../../docker-images/image-name.ts";
import { type ImageType, imageTypes } from "../../docker-images/image-types.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import type { OptionSpecs } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { version } from "../version.ts";

export const namingOptions = {
  registry: {
    type: "string",
    value: "NAME",
    help: "what stands before the type: registry.example.org/team (default: clx)",
  },
  tag: { type: "string", value: "TAG", help: "what stands behind it (default: clx's version)" },
} as const satisfies OptionSpecs;

export interface NamingValues {
  readonly registry?: string;
  readonly tag?: string;
}

export function namingOf({ registry = ownRegistry, tag = version() }: NamingValues): ImageNaming {
  return { registry, tag };
}

/** The types that were named, or all. @throws UsageError */
export function typesOf(words: readonly string[]): readonly ImageType[] {
  if (words.length === 0) return imageTypes;
  return [...new Set(words)].map((word) => {
    const found = imageTypes.find(({ type }) => type === word);
    if (found !== undefined) return found;
    const known = imageTypes.map(({ type }) => type);
    const meant = nearestName(word, known);
    const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
    throw new UsageError(`there is no image for "${word}"; ${hint}`);
  });
}

export function namesOf(types: readonly ImageType[], values: NamingValues): readonly NamedImage[] {
  const naming = namingOf(values);
  return types.map((image) => ({ image, name: imageName(image.type, naming) }));
}

export interface NamedImage {
  readonly image: ImageType;
  readonly name: string;
}
