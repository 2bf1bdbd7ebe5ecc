/** What can be wrong, and the one thing to do about each. */
export const CAUSES = {
  power: {
    cause: 'The supply gives way: the chip reboots while it erases or programs',
    action:
      'Power the module from a 3.3 V supply of its own (500 mA or more) with common ground, and put 100 µF across its 3.3 V and GND.',
  },
  interrupted: {
    cause: 'The chip was reset or switched off during the job, or a wire came loose',
    action: 'Leave reset and power alone once the chip is linked, and see that no wire is loose.',
  },
  toChip: {
    cause: 'The line from the adapter to the chip (adapter TX to RX1) loses or changes bytes',
    action:
      'Shorten the wire from adapter TX to RX1 (P10), take everything else off that pin, and use 3.3 V levels.',
  },
  fromChip: {
    cause: 'The line from the chip to the adapter (TX1 to adapter RX) loses or changes bytes',
    action:
      'Shorten the wire from TX1 (P11) to adapter RX, plug the adapter in without a hub, or set a lower baud.',
  },
  line: {
    cause: 'A bad line or a missing common ground',
    action: 'Join the grounds of adapter, module and supply; use short wires and 3.3 V levels.',
  },
  joined: {
    cause: 'TX and RX are joined',
    action: 'Part the two wires: adapter TX to RX1 (P10), adapter RX to TX1 (P11).',
  },
  silence: {
    cause:
      'The chip was not reset while the job waited, or it has no power or common ground, or RX and TX are swapped',
    action:
      'Reset the chip while the job waits: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on; then check that adapter TX goes to RX1 (P10), adapter RX to TX1 (P11) and GND to GND.',
  },
  gone: {
    cause: 'The chip was not reset while the job called it again, or it has no power',
    action:
      'Reset the chip while the job waits: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on.',
  },
  secondTalker: {
    cause: 'A second controller (TuyaMCU) talks on the same wires',
    action: 'Hold that controller in reset, or lift the resistor in its TX line, and try again.',
  },
  application: {
    cause: 'The application runs, or this is the log UART',
    action:
      'Use UART1 (RX1 = P10, TX1 = P11), and reset the chip while the job waits: CEN to GND for 0.3 s.',
  },
  baud: {
    cause: 'The rate is too high for this adapter or these wires',
    action: 'Set a lower baud in the device.',
  },
  adapter: {
    cause: 'The adapter went away: unplugged, or restarted when the module drew current',
    action:
      "Check plug and cable, and power the module from a supply of its own instead of the adapter's 3.3 V.",
  },
  badSector: {
    cause: 'Worn or broken flash sector',
    action: 'Replace the module; firmware that does not use these sectors may still run.',
  },
  locked: {
    cause: 'The flash is locked: its protect bits stay set, or it takes no change',
    action:
      'Take the 3.3 V supply off for some seconds (a reset by CEN is not enough), and start the job again.',
  },
  deadFlash: {
    cause: 'The flash part does not answer the chip',
    action:
      'Check the 3.3 V supply, then try again with P24 held low (to GND) during the reset: that has revived such modules.',
  },
  blankBootloader: {
    cause: 'The bootloader area of flash is blank: the chip cannot start its firmware',
    action: 'Write a backup of this chip back with bootloader set to replace.',
  },
  unknownBootloader: {
    cause: 'The bootloader is not a known one, which is no fault by itself',
    action: 'Go on; if the chip is not told right, set its model in the device.',
  },
  wrongChip: {
    cause: 'Another chip than the device is set to',
    action: "Set the device's chip to the one that was found, or to auto, and use firmware for it.",
  },
  wrongKey: {
    cause: 'The image is stored with another code key than the chip has',
    action: 'Use an image that is made for the key of this chip.',
  },
  hostTimeout: {
    cause: 'The adapter or this computer hands answers over too late',
    action:
      "Plug the adapter in without a hub, lower its driver's latency timer, or take another adapter.",
  },
  unclear: {
    cause: 'Unclear',
    action:
      'Try again with short wires, a common ground, a 3.3 V supply of its own and 115200 baud.',
  },
} as const;

export type CauseId = keyof typeof CAUSES;
