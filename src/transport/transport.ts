/** The two modem lines that an adapter can have wired to the chip's reset. `true` is asserted (low on the wire). */
export interface ModemLines {
  rts: boolean;
  dtr: boolean;
}

/**
 * Bytes on a wire: all that a session knows of a port. A transport is handed out open; once closed
 * or lost it stays so, and a new one has to be opened.
 */
export interface Transport {
  /** The port as the person named it; every message about it says this. */
  readonly port: string;
  /** Host-side rate, bits per second. */
  readonly baudRate: number;
  /**
   * How long a round trip to the port takes by what its opening told, ms: where another computer serves it. What is behind
   * it takes longer.
   */
  readonly roundTripMs?: number;
  /**
   * Bytes that may be on their way from the chip at once, where more can do harm: what serves the port has room for no more
   * while its network stands still.
   */
  readonly holds?: number;
  /** False where the rate is someone else's business (a raw TCP server): then it must not be changed. */
  readonly canSetBaudRate: boolean;
  /** Called with every piece of input, of any size. One listener; set before the first write. */
  onData: ((bytes: Buffer) => void) | null;
  /**
   * Called once when the port goes away by itself (unplugged, connection closed); not after close(). The
   * reason is a BkError where more is known than that: BK_PORT_BUSY from a server that turned us away.
   */
  onLost: ((reason: Error) => void) | null;

  /**
   * Hands bytes to the wire in order. Resolves when the operating system has taken them, which can
   * be before the last bit is sent; never, from a stuck adapter (see UnstuckTransport).
   * @throws BkError BK_PORT_LOST when the port is gone
   */
  write(bytes: Buffer): Promise<void>;
  /** Resolves when all written bytes have left, as far as the port can tell. */
  drain(): Promise<void>;
  /** Changes the host's rate. @throws BkError BK_BAD_SETTING when the port does not do that rate */
  setBaudRate(baudRate: number): Promise<void>;
  /** Sets both lines. Resolves false where the port has none; never rejects for that. */
  setLines(lines: ModemLines): Promise<boolean>;
  /** Closes the port; resolves when it is free for others. Never rejects, may be called again. */
  close(): Promise<void>;
}
