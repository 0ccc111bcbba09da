// Run with a small --max-old-space-size, V8 gives up for want of memory.
const hoard = [];
for (;;) hoard.push(new Array(10_000).fill(hoard.length));
