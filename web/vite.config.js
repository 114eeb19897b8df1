import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig } from "vite";

/** The gateway hands on what is compressed here, once and well. */
const compressed = {
  name: "compressed",
  apply: "build",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      const source = file.type === "chunk" ? file.code : file.source;
      const packed = brotliCompressSync(Buffer.from(source), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
      });
      this.emitFile({ type: "asset", fileName: file.fileName + ".br", source: packed });
    }
  },
};

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    outDir: process.env.VPAAS_PAGE ?? "dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  plugins: [compressed],
});
