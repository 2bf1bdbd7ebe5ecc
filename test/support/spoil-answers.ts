import type { SimulatedChip } from '../../src/simulator';

/** Changes what a simulated chip says before its host hears it. An answer may come in several pieces. */
export function spoilAnswers(chip: SimulatedChip, change: (piece: Buffer) => void): void {
  const attach = chip.attach.bind(chip);
  chip.attach = (host) =>
    attach({
      get baudRate() {
        return host.baudRate;
      },
      receive: (bytes) => {
        const piece = Buffer.from(bytes);
        change(piece);
        host.receive(piece);
      },
    });
}
