import { nearestName } from "./nearest-name.ts";

const defaultQueue = "default";

/** Which workers take a task. */
export interface TaskPlace {
  readonly type: string;
  readonly queue: string;
}

/**
 * How somebody gets workers for tasks, as a clause.
 *
 * @param known types that ship and that are configured; absent where nobody knows
 */
export function startHint(place: TaskPlace, known?: readonly string[]): string {
  const { type } = place;
  if (known === undefined || known.includes(type))
    return `"${superviseCommand(place)}" starts some`;
  const meant = nearestName(type, known);
  if (meant !== undefined) return `did you mean ${meant}? ${ownTypeHint(type)}`;
  return `this type is not known here. ${ownTypeHint(type)}`;
}

/** The ways to workers of a type that is known; services cannot be told another queue. */
export function waysToStart(place: TaskPlace): string {
  const here = `"${superviseCommand(place)}"`;
  return place.queue === defaultQueue
    ? `"clx start-services --types ${place.type}" starts workers that stay, ${here} some for as long as it runs`
    : `${here} starts some for as long as it runs`;
}

function superviseCommand({ type, queue }: TaskPlace): string {
  return `clx supervise --type ${type}${queue === defaultQueue ? "" : ` --queue ${queue}`}`;
}

/** Names of ours whose tables in the configuration say nothing of a module. */
export const namesOfOurs: readonly string[] = ["notebook", "plantuml", "drawio", "agent"];

/** What a type that neither ships nor is configured needs. */
export function ownTypeHint(type: string): string {
  if (namesOfOurs.includes(type)) {
    return `This version has no ${type} workers; a module of your own does their tasks: "clx supervise --type ${type} --handler FILE"`;
  }
  return `A type of your own needs its module: "clx supervise --type ${type} --handler FILE", or a table [workers.${type}] in the configuration`;
}
