import { agentKeys } from "../src/config/schema/agent-keys.ts";
import type { Key, Keys } from "../src/config/schema/key.ts";
import {
  ownTypeKeys,
  rootKeys,
  serverKeys,
  typeKeys,
  workersKeys,
} from "../src/config/schema/keys.ts";
import { allTypeKeys } from "../src/config/schema/sections.ts";
import { builtInTypes, defaultsOf } from "../src/config/schema/worker-types.ts";
import type { JsonValue } from "../src/domain/json.ts";

type Schema = { readonly [keyword: string]: JsonValue };

/** JSON Schema of a configuration file, for editors. */
export function configSchema(): Schema {
  const workers = { $ref: "#/definitions/workers" };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "clx configuration (.clx/config.toml)",
    ...table({
      ...properties(rootKeys),
      workers,
      worker_management: workers,
      server: table(properties(serverKeys)),
      agents: { type: "object", additionalProperties: table(properties(agentKeys)) },
    }),
    definitions: {
      workers: {
        ...table({ ...properties(workersKeys), ...builtIn() }),
        additionalProperties: ownType(),
      },
    },
  };
}

function builtIn(): Schema {
  const types = Object.entries(builtInTypes).map(([type, { doc }]) => {
    const schema = table(properties(typeKeys, defaultsOf(type)));
    return [type, { description: `Workers of type ${type}: each ${doc}.`, ...schema }] as const;
  });
  return Object.fromEntries(types);
}

function ownType(): Schema {
  const makers = Object.keys(ownTypeKeys).map((name) => ({ required: [name] }));
  return {
    description: "A worker type of your own.",
    ...table(properties(allTypeKeys)),
    oneOf: makers,
  };
}

function table(properties: Schema): Schema {
  return { type: "object", properties, additionalProperties: false };
}

function properties(keys: Keys, defaults: Readonly<Record<string, unknown>> = {}): Schema {
  const all = Object.entries(keys).map(([name, key]) => [name, property(key, defaults[name])]);
  return Object.fromEntries(all);
}

function property({ doc, format, ...key }: Key, own: unknown): Schema {
  const value = own ?? key.default;
  return {
    description: doc.replaceAll("`", ""),
    ...format.schema,
    ...(value !== undefined && { default: format.toJson(value) }),
  };
}
