// Build and test settings of the window's screens; mode `preview-data` shows them in a browser with made-up data.
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Loads the stand-in for the shell before the application, in mode `preview-data` only. */
function standIn(): Plugin {
  return {
    name: "preview-data",
    apply: "serve",
    transformIndexHtml: () => [
      { tag: "script", attrs: { type: "module", src: "/preview/stand_in.ts" }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "preview-data" ? [standIn()] : [])],
  base: "./",
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
}));
