/**
 * A process of its own with simulated chips on TCP ports, so that the process that is measured does nothing
 * but the engine's work. The chips are in download mode at a rate already: raw TCP cannot change it.
 */
import { Device } from '../src';
import { PreciseClock, type SimulatedChip } from '../src/simulator/simulator';
import { SimulatedChipServer } from '../src/simulator/tcp-server';
import { simulatedChip } from '../test/support/simulated-chips';
import { useAll } from './rig';

async function serve(seed: number, baud: number): Promise<number> {
  const port = `sim://bk7231n?speed=real&seed=${seed}`;
  const device = new Device({ port, baud, idle: 0, after: 'leave' });
  await device.connect();
  await device.close();
  const chip = simulatedChip(port) as SimulatedChip;
  useAll(chip);
  chip.useClock(new PreciseClock());
  return new SimulatedChipServer(chip, { port: 0 }).listen();
}

async function main(): Promise<void> {
  const [count, baud] = process.argv.slice(2).map(Number) as [number, number];
  const ports: number[] = [];
  for (let index = 0; index < count; index++) ports.push(await serve(8000 + index, baud));
  process.send?.(ports);
}

process.on('disconnect', () => process.exit());
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
