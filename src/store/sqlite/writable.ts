/** For mappers, which fill in what a row has. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
