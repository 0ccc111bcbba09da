/** For programs that import "clx/client" as users do: gives them our sources, unbuilt. */
import { registerHooks } from "node:module";

const client = new URL("../../src/client/connect.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "clx/client" ? client : specifier, context),
});
