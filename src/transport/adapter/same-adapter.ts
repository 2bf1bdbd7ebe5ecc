import type { PortInfo } from '../schemes/serial-ports';
import { isOwnSerial } from '../usb/own-serial';

/** A port at one moment: what the system tells of it, and the device file behind its name. */
export interface SeenPort extends PortInfo {
  device: string;
}

/**
 * Which of the ports that are there now may be opened for an adapter that was lost: the name it was given,
 * unless another adapter has it now, and another name only where that is surely the same adapter. Its
 * serial number says so where it is one of its own and nothing else that was seen has it; so does the
 * USB socket.
 */
export class AdapterIdentity {
  readonly #own: SeenPort;
  readonly #others: readonly SeenPort[];
  readonly #serialTells: boolean;

  /** @param seen all ports at a time when the adapter was there @param device the device file that it was then */
  constructor(seen: readonly SeenPort[], device: string) {
    this.#own = seen.find((port) => port.device === device) ?? { path: device, label: '', device };
    this.#others = seen.filter((port) => port.device !== device);
    this.#serialTells =
      isOwnSerial(this.#own.serialNumber) &&
      !this.#others.some((other) => isSameKind(other, this.#own));
  }

  /**
   * @param name as it was given @param device what it leads to now @param now all ports that are there
   * @param isOfKind the name is that of all adapters of a kind: one in another socket is another one
   */
  names(name: string, device: string, now: readonly SeenPort[], isOfKind: boolean): string[] {
    const same = now.filter((port) => this.#isOwn(port));
    const sure = same.length === 1 ? same : [];
    const found = sure.filter((port) => port.device !== device && this.#wasFree(port));
    const named = now.find((port) => port.device === device);
    const isTwin =
      isOfKind && named !== undefined && !this.#isOwn(named) && areApart(named, this.#own);
    const own = isTwin || this.#isForeign(device, named) ? [] : [name];
    return [...own, ...found.map(({ path }) => path)];
  }

  /** Ports that could be the adapter as far as one can see, but need not be. @param device of the name it was given */
  lookalikes(device: string, now: readonly SeenPort[]): string[] {
    const alike = now.filter((port) => port.device !== device && isSameKind(port, this.#own));
    return this.#own.vendorId === undefined ? [] : alike.map(({ path }) => path);
  }

  #isOwn(port: SeenPort): boolean {
    if (!isSameKind(port, this.#own)) return false;
    if (this.#serialTells) return true;
    return port.location !== undefined && port.location === this.#own.location;
  }

  /** Another adapter that was seen under this name must be known to be another one. */
  #wasFree(port: SeenPort): boolean {
    const before = this.#others.find(({ device }) => device === port.device);
    return before === undefined || areApart(before, this.#own);
  }

  /** A lasting name can pass on to a twin, and a hub that restarts can give its adapters each other's names. */
  #isForeign(device: string, named: SeenPort | undefined): boolean {
    if (named !== undefined && this.#isOwn(named)) return false;
    if (this.#others.some((other) => other.device === device)) return true;
    return (
      named !== undefined &&
      this.#others.some((other) => {
        if (!isSameKind(named, other)) return false;
        if (isSameKind(other, this.#own)) {
          return other.location !== undefined && named.location === other.location;
        }
        return isOwnSerial(other.serialNumber);
      })
    );
  }
}

/** Maker, model and serial number, as far as they are told. */
function isSameKind(a: SeenPort, b: SeenPort): boolean {
  return (
    a.serialNumber === b.serialNumber && a.vendorId === b.vendorId && a.productId === b.productId
  );
}

function areApart(a: SeenPort, b: SeenPort): boolean {
  const differ = (x: string | undefined, y: string | undefined) =>
    x !== undefined && y !== undefined && x !== y;
  return differ(a.serialNumber, b.serialNumber) || differ(a.location, b.location);
}
