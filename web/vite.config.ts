import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Who answers while the page is worked on: the mock, or a walkshed that runs. */
const SERVER = process.env['WALKSHED_URL'] ?? 'http://127.0.0.1:8787';
const HERE = import.meta.dirname;
/** The chunk that the first screen begins with. */
const FIRST = 'main';

/** Ships the license texts of everything that ends up in the bundle, as their licenses ask. */
function licenses(): Plugin {
  const read = (...path: string[]) => readFileSync(join(HERE, ...path), 'utf8');
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string; dev?: boolean; license?: string; optional?: boolean }> };
      const texts = Object.entries(lock.packages)
        .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.optional !== true)
        .map(([path, entry]) => {
          const file = readdirSync(join(HERE, path)).find((name) => /^licen[cs]e/i.test(name));
          const name = path.slice(path.lastIndexOf('node_modules/') + 13);
          return `${name} ${entry.version ?? ''} (${entry.license ?? 'see text'})\n\n${file === undefined ? '' : read(path, file).trim()}\n`;
        });
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: texts.join(`\n${'-'.repeat(72)}\n\n`) });
    },
  };
}

/** Packs the fonts that PDF reports embed (Chinese, and letters of other languages that one lacks), with their license, into `fonts/` beside `dist/`: the program carries it, the page does not. */
function reportFont(): Plugin {
  return {
    name: 'report-font',
    apply: 'build',
    closeBundle() {
      const from = (name: string) => join(HERE, 'node_modules', '@embedpdf', name);
      const to = join(HERE, 'fonts');
      mkdirSync(to, { recursive: true });
      const fonts = [
        ['fonts-sc', 'NotoSansHans-Regular.otf'],
        ['fonts-latin', 'NotoSans-Regular.ttf'],
      ] as const;
      for (const [name, file] of fonts) writeFileSync(join(to, `${file}.gz`), gzipSync(readFileSync(join(from(name), 'fonts', file)), { level: 9 }));
      writeFileSync(join(to, 'OFL.txt'), readFileSync(join(from('fonts-sc'), 'LICENSE')));
    },
  };
}

/** Names in the page itself what it will need, so that a browser fetches all of it side by side. */
function preload(): Plugin {
  return {
    name: 'preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const needed = new Set<string>();
        const need = (fileName: string): void => {
          const file = bundle[fileName];
          if (file?.type !== 'chunk' || file.isEntry || needed.has(fileName)) return;
          needed.add(fileName);
          file.imports.forEach(need);
        };
        Object.values(bundle).forEach((file) => file.type === 'chunk' && file.name === FIRST && need(file.fileName));
        const files = Object.values(bundle).filter(({ fileName }) => needed.has(fileName) || fileName.endsWith('.css'));
        return files.map(({ type, fileName }) => ({
          tag: 'link',
          attrs: { ...(type === 'chunk' ? { rel: 'modulepreload' } : { rel: 'preload', as: 'style' }), crossorigin: true, href: `./${fileName}` },
          injectTo: 'head' as const,
        }));
      },
    },
  };
}

/** Compresses once what every visit asks for; the program sends these as they are. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    enforce: 'post',
    closeBundle() {
      const folder = join(HERE, 'dist', 'assets');
      for (const file of readdirSync(folder).filter((name) => /\.(js|css)$/.test(name))) {
        writeFileSync(join(folder, `${file}.gz`), gzipSync(readFileSync(join(folder, file)), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [licenses(), reportFont(), preload(), compressed()],
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'maplibre', test: /node_modules[\\/](maplibre-gl|@maplibre|@mapbox)(?!.*worker)/ },
            // What every part uses in one file, but for what runs before all of it.
            { name: 'app', test: /node_modules[\\/]@?preact|src[\\/](i18n|state|ui|format|palette|api[\\/](?!early)|map[\\/](now|shapes))/ },
          ],
        },
      },
    },
  },
  server: {
    // The server refuses changes that another page asks for: the page under work speaks in its name.
    proxy: Object.fromEntries(['/api', '/tiles'].map((path) => [path, { target: SERVER, changeOrigin: true, headers: { origin: SERVER } }])),
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
