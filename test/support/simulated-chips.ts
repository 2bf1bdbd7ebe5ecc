import { createEnvironment, type Environment } from '../../src';
import type { Clock } from '../../src/clock';
import { processEnvironment } from '../../src/environment';
import { PortRegistry } from '../../src/ports/port-registry';
import type { SimulatedChip } from '../../src/simulator/simulator';
import type { Transport } from '../../src/transport/transport';

/** Those of the process, so that tests of nodes find them too. */
const { chips } = processEnvironment.ports;

/** An environment of its own, but for the simulated chips. */
export function environmentOn(clock: Clock): Environment {
  return { ...createEnvironment(clock), ports: new PortRegistry(clock, chips) };
}

/** Opens a simulated chip's line, making the chip at its first opening. */
export async function openSimulated(url: string, clock: Clock): Promise<Transport> {
  return chips.open(url, clock);
}

/** The chip behind an address; undefined where none was made. */
export function simulatedChip(url: string): SimulatedChip | undefined {
  return chips.find(url);
}

/** The same, made where there was none: a test can arrange its flash before anybody opens it. */
export function prepareSimulatedChip(url: string, clock: Clock): SimulatedChip {
  return chips.prepare(url, clock);
}

/** Pulls the plug of an open line, as when an adapter is taken out. Returns false where none is open. */
export function unplugSimulated(url: string): boolean {
  return chips.unplug(url, 'unplugged');
}

/** Throws all simulated chips away; lines that are open are closed. */
export function forgetSimulatedChips(): void {
  chips.clear();
}
