import type { ChipName } from '../chip/known/chips';
import type { Note } from '../texts/note';
import { PreciseClock } from './line/precise-clock';
import { OPTION_RULES, parseSimulatorUrl } from './setup/simulator-options';
import { createSimulatedChip } from './simulator';
import { SimulatedChipServer, type TcpServerOptions } from './tcp-server';

/** What an option of a simulated chip does, and what it may be. */
export interface SimulatorOptionHelp {
  readonly about: Note;
  readonly allowed: string | Note;
}

/** The options of a simulated chip, by the names that its address has for them: `sim://bk7231n?seed=1`. */
export const SIMULATOR_OPTIONS: Readonly<Record<string, SimulatorOptionHelp>> = OPTION_RULES;

/** A simulated chip that other programs can reach. */
export interface ServedChip {
  chip: ChipName;
  /** `tcp://host:port`, as a device takes it for its port. */
  address: string;
  /** Turns the client out; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Serves a simulated chip's line as raw bytes on a TCP port, to one client at a time.
 * @param url `sim://<chip>?option=value&…`
 * @throws BkError BK_BAD_SETTING (the address), BK_STORAGE (its flash file), BK_PORT_BUSY, BK_PORT_DENIED,
 *   BK_PORT_NOT_FOUND (no such host)
 */
export async function serveSimulatedChip(
  url: string,
  options: TcpServerOptions,
): Promise<ServedChip> {
  const chip = createSimulatedChip(parseSimulatorUrl(url), new PreciseClock());
  const server = new SimulatedChipServer(chip, options);
  const port = await server.listen();
  return {
    chip: chip.options.chip,
    address: `tcp://${options.host ?? '127.0.0.1'}:${port}`,
    close: () => server.close(),
  };
}
