/*
 * Runs in a Node-RED before anything else. What it would ask GitHub it asks a stand-in, whose address is in
 * BK72XX_GITHUB; other computers are out of reach. And who started it may look into the flash of a simulated chip,
 * which no user can without the line.
 */
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

const standIn = new URL(process.env.BK72XX_GITHUB ?? '');
const GITHUB = ['api.github.com', 'github.com', 'release-assets.githubusercontent.com'];

https.request = ((url: URL, options: http.RequestOptions) => {
  if (!GITHUB.includes(url.host)) throw new Error(`Nobody may ask ${url.host}`);
  return http.request(new URL(url.pathname, standIn), options);
}) as typeof https.request;

/** The flash of the chip at a port, as base64. */
process.on('message', ({ flashOf }: { flashOf?: string }) => {
  if (flashOf === undefined) return;
  const dist = path.join(userDir(), 'node_modules/node-red-contrib-bk72xx/dist/src');
  const { processEnvironment } = require(path.join(dist, 'environment.js'));
  const { flash } = processEnvironment.ports.chips.find(flashOf);
  process.send?.({ flash: flash.toString('base64') });
});

function userDir(): string {
  return process.argv[process.argv.indexOf('--userDir') + 1] ?? '';
}
