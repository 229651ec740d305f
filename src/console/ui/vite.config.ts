import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = import.meta.dirname;

export default defineConfig({
  root,
  base: "./",
  plugins: [react()],
  resolve: {
    // The client as it was built, which is the one that users have.
    alias: { "stowage/client": resolve(root, "../../../dist/src/client.js") },
  },
  build: {
    outDir: resolve(root, "../../../dist/src/console/ui"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
