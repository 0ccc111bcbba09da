/** Plain JavaScript, as BullMQ's own child process loads it. */
export default () => Promise.resolve();
