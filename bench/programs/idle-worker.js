/** Plain JavaScript, so that what is measured of a worker is the worker. */
export default { type: "bench", handle: () => Promise.resolve(undefined) };
