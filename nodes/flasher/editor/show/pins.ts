/** What is read here of a pin in the payload of bk-write. */
interface Pin {
  role?: string;
  channel?: number | null;
}

/** What the pins are for, of the payload of bk-write. */
export function pinsText(result: unknown): string {
  const pins = (result as { openbeken?: { pins?: Record<string, Pin> } } | null)?.openbeken?.pins;
  return Object.entries(pins ?? {})
    .map(([pin, { role, channel }]) => `P${pin} ${role ?? ''}${channel ?? ''}`.trim())
    .join(', ');
}
