import type { Node, NodeAPI } from 'node-red';
import { BkError, type Device, say } from '../../src';
import type { RecordKeeping } from './recording';

/** What the config node offers to flow nodes. */
export interface DeviceNode extends Node<{ password?: string }> {
  /**
   * The chip on the device's own port, or on another one with the same settings.
   * @throws BkError BK_BAD_SETTING when the settings cannot be used
   */
  use(port?: string): Device;
  /** What a device on the network at this port is told as its password; empty for all that it is not meant for. */
  passwordFor(port: string): string;
  /** Of which jobs records are kept, and where. @throws BkError BK_BAD_SETTING */
  records(): RecordKeeping;
}

/** @throws BkError BK_BAD_SETTING when the flow names no device, or one that is missing or disabled */
export function findDevice(RED: NodeAPI, id: unknown): DeviceNode {
  const node = typeof id === 'string' ? (RED.nodes.getNode(id) as DeviceNode | null) : null;
  if (typeof node?.use === 'function') return node;
  throw new BkError('BK_BAD_SETTING', say('node.noDevice'), {
    phase: 'open',
    advice: [say('node.chooseDevice')],
  });
}
