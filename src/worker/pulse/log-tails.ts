import { LogTail } from "../attempt/log-tail.ts";

/** Memory that both threads see: the end of each running attempt's log. */
export class LogTails {
  readonly memory: SharedArrayBuffer;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
  }

  static forSlots(slots: number): LogTails {
    return new LogTails(new SharedArrayBuffer(slots * LogTail.size));
  }

  of(slot: number): LogTail {
    return new LogTail(this.memory, slot * LogTail.size);
  }
}
