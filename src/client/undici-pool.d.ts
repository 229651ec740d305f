/**
 * undici's main module loads fetch, WebSocket and a cache: 75 ms on a laptop. Its Pool alone takes a third of that.
 * The path is a file of undici 7, which has no map of exports; `transport.test.ts` notices when it moves.
 */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
