// Serves a simulated chip on a TCP port: npm run sim -- --chip bk7231n --tcp 7231
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { createSimulatedChip, PreciseClock } = require('../dist/src/simulator/simulator.js');
const { helpText, parseArguments } = require('../dist/src/simulator/setup/arguments.js');
const { SimulatedChipServer } = require('../dist/src/simulator/tcp-server.js');
const { render } = require('../dist/src/texts/render.js');

async function main(argv) {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  const { chip: options, host, tcp } = parseArguments(argv);
  const chip = createSimulatedChip(options, new PreciseClock());
  const server = new SimulatedChipServer(chip, {
    host,
    port: tcp,
    log: (line) => console.log(render(line)),
  });
  const port = await server.listen();
  console.log(`Simulated ${chip.options.chip} listens on tcp://${host}:${port} (Ctrl+C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.name === 'BkError' ? error.message : error);
  const misused = error.code === 'BK_BAD_SETTING';
  if (misused) console.error('Help: npm run sim -- --help');
  process.exitCode = misused ? 2 : 1;
});
