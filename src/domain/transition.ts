/** One legal step of a state machine: an event leads from some states to one. */
export interface Transition<State extends string = string> {
  readonly from: readonly State[];
  readonly to: State;
}
