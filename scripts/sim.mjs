// Serves a simulated chip on a TCP port: npm run sim -- --chip bk7231n --tcp 7231
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { createSimulatedChip, PreciseClock } = require('../dist/src/simulator');
const { helpText, parseArguments } = require('../dist/src/simulator/arguments.js');
const { SimulatedChipServer } = require('../dist/src/simulator/tcp-server.js');

async function main(argv) {
  if (argv.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  const { chip: options, host, tcp } = parseArguments(argv);
  const chip = createSimulatedChip(options, new PreciseClock());
  const server = new SimulatedChipServer(chip, {
    host,
    port: tcp,
    log: (line) => console.log(line),
  });
  const port = await server.listen();
  console.log(`Simulated ${chip.options.chip} listens on tcp://${host}:${port} (Ctrl+C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.name === 'BkError' ? error.message : error);
  process.exitCode = 2;
});
