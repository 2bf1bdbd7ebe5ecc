import { BkError, shown } from '../../errors';
import { type Note, say } from '../../texts/note';

/** Where the driver listens. Source: drv_uart_tcp.c of OpenBeken. */
const UART_PORT = 8_888;
const HTTP_PORT = 80;
/**
 * What the driver has room for on the way to the network, bytes. Where more than that has come from the chip and waits, as it
 * does while the Wi-Fi stands still, the driver writes beyond it, and the module may do anything: so all that there can be,
 * of which three sectors may be on their way. Source: drv_uart_tcp.c (UTCP_TX_Thd, UART_TCP_Init).
 */
const BUFFERS = { minimum: 512, maximum: 16_384 };
const USUAL_BUFFER = BUFFERS.maximum;
const ADDRESS = /^[a-z]+:\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s[\]]+)(?::(\d{1,5}))?\/?\?(.*)$/i;

/** An OpenBeken module whose serial pins are wired to the chip that is meant. */
export interface UartAddress {
  host: string;
  /** Of the bytes, and of the module's web pages. */
  port: number;
  httpPort: number;
  /** Number of the pin that is wired to the chip's reset; null for none. */
  resetPin: number | null;
  /** Bytes. */
  buffer: number;
}

/**
 * Reads `tcp://host:8888?control=openbeken&reset=26`.
 * @throws BkError BK_BAD_SETTING
 */
export function parseUartAddress(address: string): UartAddress {
  const [, host, port, query] = ADDRESS.exec(address.trim()) ?? [];
  if (host === undefined || query === undefined) {
    throw refused(say('transport.noControlledAddress', { url: shown(address) }));
  }
  const options = new Map<string, string>();
  for (const part of query.split('&')) {
    const [name = '', value = '', ...more] = part.split('=');
    if (!['control', 'http', 'reset', 'buffer'].includes(name) || more.length > 0) {
      throw refused(
        say('transport.unknownPortOption', { url: shown(address), option: shown(part) }),
      );
    }
    if (options.has(name)) {
      throw refused(
        say('transport.unknownPortOption', { url: shown(address), option: shown(part) }),
      );
    }
    options.set(name, value);
  }
  const control = options.get('control');
  if (control?.toLowerCase() !== 'openbeken') {
    throw refused(say('transport.unknownControl', { url: shown(address) }));
  }
  const number = (name: string, text: string | undefined, minimum: number, maximum: number) => {
    if (text === undefined) return null;
    const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    const range = { minimum, maximum };
    throw refused(
      say('transport.wrongPortOption', { url: shown(address), option: name, ...range }),
    );
  };
  const { minimum, maximum } = BUFFERS;
  // People write pins as P26, too.
  const pin = options.get('reset')?.replace(/^p/i, '');
  return {
    host: host.toLowerCase(),
    port: number('port', port, 1, 65_535) ?? UART_PORT,
    httpPort: number('http', options.get('http'), 1, 65_535) ?? HTTP_PORT,
    resetPin: number('reset', pin, 0, 127),
    buffer: number('buffer', options.get('buffer'), minimum, maximum) ?? USUAL_BUFFER,
  };
}

function refused(text: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'open',
    advice: [say('transport.giveControlledAddress')],
  });
}
