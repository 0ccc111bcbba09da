/** `clx` from its sources, unbuilt, for development: `node scripts/clx.ts serve`. */
import { main } from "../src/cli/main.ts";

await main(process.argv.slice(2));
