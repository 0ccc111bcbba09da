import { agentRequestSchema } from "../agent/agent-schema.ts";
import type { Config } from "../config/config.ts";
import type { PayloadSchema } from "../worker/handler.ts";
import { commandSchema } from "../workers/command/command-payload.ts";
import { drawioSchema } from "../workers/drawio/drawio-payload.ts";
import { notebookSchema } from "../workers/notebook/notebook-payload.ts";
import { plantumlSchema } from "../workers/plantuml/plantuml-payload.ts";

const ofShippedTypes: Readonly<Record<string, PayloadSchema<unknown>>> = {
  agent: agentRequestSchema,
  command: commandSchema,
  drawio: drawioSchema,
  notebook: notebookSchema,
  plantuml: plantumlSchema,
};

/**
 * What payloads of a type must look like, as far as that is known without loading anybody's
 * module: of types that ship and that the configuration does not replace.
 */
export function payloadSchemaOf(
  type: string,
  { ownTypes }: Pick<Config, "ownTypes">,
): PayloadSchema<unknown> | undefined {
  if (ownTypes.includes(type) || !Object.hasOwn(ofShippedTypes, type)) return undefined;
  return ofShippedTypes[type];
}
