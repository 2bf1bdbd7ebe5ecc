import { CHIPS, type ChipName } from '../../chip/known/chips';
import type { OpenBekenPin } from '../openbeken/openbeken-config';

export interface EspHomeFacts {
  pins: { readonly [gpio: string]: OpenBekenPin };
  /** OpenBeken's start commands: those about lamps tell frequency and order of the colours. */
  commands: readonly string[];
  chip: ChipName | null;
  module: string | null;
  /** Bits per second of another controller that does the work; null where there is none. */
  tuyaMcuBaud: number | null;
}

const COLOURS = ['red', 'green', 'blue', 'cold_white', 'warm_white'] as const;
/** Components of ESPHome for LED drivers, by the first letters of the pins' roles. */
const DRIVERS = ['sm2135', 'bp5758d', 'bp1658cj', 'sm2235'] as const;

/** One pin with its number, in the order of the numbers. */
interface Pin extends OpenBekenPin {
  gpio: number;
}

/**
 * The outline of an ESPHome configuration (YAML) for a device with these pins; null where neither
 * pins nor another controller are known, or LibreTiny does not have the chip. A person has to look
 * it through: names are made up, and what ESPHome does not know is a comment.
 */
export function esphomeOutline(facts: EspHomeFacts): string | null {
  const board = facts.chip === null ? null : CHIPS[facts.chip].esphomeBoard;
  const pins = Object.entries(facts.pins).map(([gpio, pin]) => ({ ...pin, gpio: Number(gpio) }));
  if (board === null || (pins.length === 0 && facts.tuyaMcuBaud === null)) return null;
  const word = facts.module?.replace(/[^\w-]/g, '') ?? '';
  const module = word === '' ? '' : ` # module ${word}`;
  const blocks = [
    'esphome:\n  name: my-device',
    `bk72xx:\n  board: ${board}${module}`,
    'logger:',
    'api:',
    'ota:\n  - platform: esphome',
    'wifi:\n  ssid: !secret wifi_ssid\n  password: !secret wifi_password',
    ...(facts.tuyaMcuBaud === null ? [] : [tuyaMcu(facts.tuyaMcuBaud)]),
    ...lamp(pins, facts.commands),
    ...section('switch', pins.flatMap(relay)),
    ...section(
      'binary_sensor',
      pins.flatMap((pin) => contact(pin, pins)),
    ),
    ...statusLed(pins),
    ...meter(pins),
    ...infrared(pins),
  ];
  const open = pins.filter(({ role }) => !KNOWN.test(role));
  const rest = open.map(({ gpio, role }) => `# P${gpio} is ${role} in OpenBeken's words.`);
  return `${[...blocks, ...rest].join('\n\n')}\n`;
}

const KNOWN =
  /^(Rel|LED|Btn|dInput|TglChanOnTgl|WifiLED|PWM)(_n)?$|^BL0937|^IR(Recv|Send)$|^(SM2135|BP5758D|BP1658CJ|SM2235)/;

function section(name: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${name}:\n${items.join('\n')}`];
}

function pinLines(gpio: number, inverted: boolean, mode = ''): string {
  return [
    '    pin:',
    `      number: P${gpio}`,
    ...(inverted ? ['      inverted: true'] : []),
    ...(mode === '' ? [] : [`      mode: ${mode}`]),
  ].join('\n');
}

function relay({ gpio, role, channel }: Pin): string[] {
  const what = /^(Rel|LED)(_n)?$/.exec(role)?.[1];
  if (what === undefined) return [];
  const [id, name] = what === 'Rel' ? ['relay', 'Relay'] : ['led', 'LED'];
  return [
    `  - platform: gpio\n    id: ${id}_${gpio}\n    name: ${name} ${channel}\n` +
      pinLines(gpio, role.endsWith('_n')),
  ];
}

/** Buttons and switches act on the relay of their channel, as in OpenBeken. */
function contact({ gpio, role, channel }: Pin, pins: readonly Pin[]): string[] {
  const what = /^(Btn|TglChanOnTgl|dInput)(_n)?$/.exec(role)?.[1];
  if (what === undefined) return [];
  const own = pins.find((pin) => /^Rel(_n)?$/.test(pin.role) && pin.channel === channel);
  const action =
    own === undefined || what === 'dInput'
      ? ''
      : `\n    ${what === 'Btn' ? 'on_press' : 'on_state'}:\n      - switch.toggle: relay_${own.gpio}`;
  // OpenBeken's plain button is the usual one: pressed, it pulls the pin to ground.
  const inverted = what === 'Btn' && role === 'Btn';
  const mode = role === 'Btn_n' ? 'INPUT_PULLDOWN' : 'INPUT_PULLUP';
  const name = what === 'Btn' ? 'Button' : 'Input';
  return [
    `  - platform: gpio\n    id: input_${gpio}\n    name: ${name} ${channel}\n` +
      pinLines(gpio, inverted, mode) +
      action,
  ];
}

function statusLed(pins: readonly Pin[]): string[] {
  const led = pins.find(({ role }) => /^WifiLED(_n)?$/.test(role));
  if (led === undefined) return [];
  return [`status_led:\n${pinLines(led.gpio, led.role.endsWith('_n')).replace(/^ {2}/gm, '')}`];
}

function meter(pins: readonly Pin[]): string[] {
  const gpio = (...roles: string[]) => pins.find(({ role }) => roles.includes(role));
  const sel = gpio('BL0937SEL', 'BL0937SEL_n');
  const cf = gpio('BL0937CF');
  const cf1 = gpio('BL0937CF1');
  if (sel === undefined || cf === undefined || cf1 === undefined) return [];
  return [
    [
      'sensor:',
      '  - platform: hlw8012 # the factors have to be calibrated',
      '    model: BL0937',
      `    sel_pin:\n      number: P${sel.gpio}\n      inverted: ${sel.role === 'BL0937SEL'}`,
      `    cf_pin: P${cf.gpio}`,
      `    cf1_pin: P${cf1.gpio}`,
      '    voltage:\n      name: Voltage',
      '    current:\n      name: Current',
      '    power:\n      name: Power',
    ].join('\n'),
  ];
}

function infrared(pins: readonly Pin[]): string[] {
  const receiver = pins.find(({ role }) => role === 'IRRecv');
  const sender = pins.find(({ role }) => role === 'IRSend');
  return [
    ...(receiver === undefined
      ? []
      : [`remote_receiver:\n${pinLines(receiver.gpio, true).replace(/^ {2}/gm, '')}\n  dump: all`]),
    ...(sender === undefined
      ? []
      : [`remote_transmitter:\n  pin: P${sender.gpio}\n  carrier_duty_percent: 50%`]),
  ];
}

function tuyaMcu(baud: number): string {
  return `uart:\n  rx_pin: RX1\n  tx_pin: TX1\n  baud_rate: ${baud}\n\ntuya: # its data points have to be found out`;
}

/** Outputs for each colour, and a light made of them. */
function lamp(pins: readonly Pin[], commands: readonly string[]): string[] {
  const driver = DRIVERS.find((name) =>
    pins.some(({ role }) => role.toLowerCase().startsWith(name)),
  );
  return driver === undefined ? pwmLamp(pins, commands) : drivenLamp(driver, pins, commands);
}

function pwmLamp(pins: readonly Pin[], commands: readonly string[]): string[] {
  const frequency = numbersOf(commands, 'PWMFrequency')[0];
  const channels = pins.filter(({ role }) => /^PWM(_n)?$/.test(role));
  const outputs = channels.flatMap(({ gpio, role, channel }) => {
    const colour = COLOURS[channel];
    if (colour === undefined) return [];
    const rate = frequency === undefined ? '' : `\n    frequency: ${frequency} Hz`;
    const lines = pinLines(gpio, role === 'PWM_n');
    return [{ colour, text: `  - platform: libretiny_pwm\n    id: ${colour}\n${lines}${rate}` }];
  });
  return light(outputs);
}

function drivenLamp(driver: string, pins: readonly Pin[], commands: readonly string[]): string[] {
  const pin = (end: string) =>
    pins.find(({ role }) => role.toLowerCase().startsWith(driver) && role.endsWith(end))?.gpio;
  const [data, clock] = [pin('DAT'), pin('CLK')];
  if (data === undefined || clock === undefined) return [];
  const map = numbersOf(commands, 'LED_Map');
  const outputs = COLOURS.map((colour, index) => ({
    colour,
    text: `  - platform: ${driver}\n    id: ${colour}\n    channel: ${map[index] ?? index}`,
  }));
  const currents = commands.find((command) => /^\w+_Current /.test(command));
  const note = currents === undefined ? '' : ` # currents in OpenBeken's words: ${currents}`;
  return [`${driver}:${note}\n  data_pin: P${data}\n  clock_pin: P${clock}`, ...light(outputs)];
}

/** The kind of light follows from the colours that there are. */
function light(outputs: readonly { colour: (typeof COLOURS)[number]; text: string }[]): string[] {
  if (outputs.length === 0) return [];
  const colours = outputs.map(({ colour }) => colour);
  const rgb = colours.includes('red') && colours.includes('green') && colours.includes('blue');
  const whites = colours.filter((colour) => colour.endsWith('white'));
  const [white] = whites;
  const lines = (names: readonly string[]) => names.map((name) => `    ${name}: ${name}`);
  const range = [
    '    cold_white_color_temperature: 6500 K',
    '    warm_white_color_temperature: 2700 K',
  ];
  const colourLines = lines(['red', 'green', 'blue']);
  const [platform, used] = rgb
    ? whites.length === 2
      ? ['rgbww', [...colourLines, ...lines(whites), ...range]]
      : white !== undefined
        ? ['rgbw', [...colourLines, `    white: ${white}`]]
        : ['rgb', colourLines]
    : whites.length === 2
      ? ['cwww', [...lines(whites), ...range]]
      : ['monochromatic', [`    output: ${colours[0]}`]];
  return [
    `output:\n${outputs.map(({ text }) => text).join('\n')}`,
    `light:\n  - platform: ${platform}\n    name: Light\n${used.join('\n')}`,
  ];
}

function numbersOf(commands: readonly string[], name: string): number[] {
  const found = commands.find((command) => command.startsWith(`${name} `));
  const parts = found?.slice(name.length + 1).split(' ') ?? [];
  return parts.map(Number).filter(Number.isInteger);
}
